package dev.tribunal.trainer.execution;

import dev.tribunal.contracts.judge.v1.JudgeRegistryApi;
import dev.tribunal.contracts.judge.v1.JudgementApi;
import dev.tribunal.contracts.reward.v1.RewardApi;
import dev.tribunal.contracts.runs.v1.MethodsApi;
import dev.tribunal.contracts.runs.v1.RunsApi;
import dev.tribunal.languagemodel.Engine;
import dev.tribunal.languagemodel.LocalEngine;
import dev.tribunal.servicekit.files.FileRoots;
import dev.tribunal.servicekit.http.BodyLimits;
import dev.tribunal.servicekit.http.HttpProperties;
import dev.tribunal.servicekit.http.ServiceClients;
import dev.tribunal.trainer.journal.TrainingFailedException;
import dev.tribunal.trainer.spec.Dependencies;
import dev.tribunal.trainer.spec.PinnedJudges;
import dev.tribunal.trainer.stage.TrainingRun;
import dev.tribunal.trainer.store.Signal;
import dev.tribunal.trainer.store.TrainerProperties;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The trainer's parts that are not its own classes. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({TrainerProperties.class, TrainerConfiguration.FileProperties.class})
public class TrainerConfiguration {

    /** How long a service may take to answer a question about a spec. */
    private static final Duration QUESTION = Duration.ofSeconds(10);

    /** Of the time for judgements, what is kept for the way back: late judges must not cost the others' verdicts. */
    private static final Duration ANSWER = Duration.ofSeconds(2);

    /** {@code tribunal.files.*}; as texts, for Spring would look for a path in the web application's folder first */
    @ConfigurationProperties("tribunal.files")
    public record FileProperties(List<String> roots) {}

    @Bean
    FileRoots fileRoots(FileProperties properties) {
        return new FileRoots(properties.roots().stream().map(Path::of).toList());
    }

    @Bean
    BodyLimits bodyLimits(HttpProperties http) {
        return new BodyLimits(http.maxBody(), RunsApi.class, MethodsApi.class);
    }

    @Bean
    Signal signal() {
        return new Signal();
    }

    @Bean
    Dependencies dependencies(ServiceClients clients, TrainerProperties properties) {
        String judges = properties.judgeUrl().toString();
        String rewards = properties.rewardUrl().toString();
        return new Dependencies(
                judges,
                clients.client(JudgeRegistryApi.class, judges, QUESTION),
                rewards,
                clients.client(RewardApi.class, rewards, QUESTION));
    }

    @Bean
    Engine engine() {
        return new LocalEngine();
    }

    @Bean
    RunTraining runTraining(
            ServiceClients clients,
            TrainerProperties properties,
            Engine engine,
            FileRoots roots,
            Dependencies dependencies) {
        JudgementApi judgements =
                clients.client(JudgementApi.class, properties.judgeUrl().toString(), properties.judgementTimeout());
        Duration deadline = properties.judgementTimeout().minus(ANSWER);
        JudgementApi judges = request -> judgements.judge(request.withDeadline(deadline));
        RewardApi rewards =
                clients.client(RewardApi.class, properties.rewardUrl().toString(), properties.scoreTimeout());
        PinnedJudges pinned = new PinnedJudges(dependencies.judges());
        return (runId, spec, directory, journal) -> {
            List<String> changes = pinned.changes(spec.allStages().stream()
                    .flatMap(stage -> stage.judges().stream())
                    .toList());
            if (!changes.isEmpty()) {
                throw new TrainingFailedException(
                        String.join("; ", changes) + "; create a new run with judges that there are");
            }
            new TrainingRun(engine, runId, spec, directory, roots, judges, rewards, journal).run();
        };
    }
}
