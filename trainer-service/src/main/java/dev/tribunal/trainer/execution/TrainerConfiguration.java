package dev.tribunal.trainer.execution;

import dev.tribunal.contracts.judge.v1.JudgementApi;
import dev.tribunal.contracts.judge.v1.PendingJudgementApi;
import dev.tribunal.contracts.judge.v1.registry.JudgeRegistryApi;
import dev.tribunal.contracts.reward.v1.RewardApi;
import dev.tribunal.contracts.runs.v1.comparison.ComparisonsApi;
import dev.tribunal.contracts.runs.v1.generation.GenerationsApi;
import dev.tribunal.contracts.runs.v1.label.LabelsApi;
import dev.tribunal.contracts.runs.v1.lineage.LineageApi;
import dev.tribunal.contracts.runs.v1.method.MethodsApi;
import dev.tribunal.contracts.runs.v1.rejudgement.RejudgementsApi;
import dev.tribunal.contracts.runs.v1.run.RunsApi;
import dev.tribunal.contracts.runs.v1.spec.RunSpec;
import dev.tribunal.languagemodel.Engine;
import dev.tribunal.languagemodel.local.LocalEngine;
import dev.tribunal.servicekit.files.FileRoots;
import dev.tribunal.servicekit.http.BodyLimits;
import dev.tribunal.servicekit.http.HttpProperties;
import dev.tribunal.servicekit.http.ServiceClients;
import dev.tribunal.trainer.journal.Beside;
import dev.tribunal.trainer.journal.RunJournal;
import dev.tribunal.trainer.journal.RunJournal.Waiting;
import dev.tribunal.trainer.journal.TrainingFailedException;
import dev.tribunal.trainer.spec.Dependencies;
import dev.tribunal.trainer.spec.PinnedJudges;
import dev.tribunal.trainer.spec.RunFolders;
import dev.tribunal.trainer.stage.TrainingRun;
import dev.tribunal.trainer.store.RunStore;
import dev.tribunal.trainer.store.Signal;
import dev.tribunal.trainer.store.TrainerProperties;
import dev.tribunal.trainer.tinker.TinkerEngines;
import dev.tribunal.trainer.vllm.SamplerServers;
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

    /** How long a service may take to say what it is at. */
    private static final Duration LOOK = Duration.ofSeconds(2);

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
    RunFolders runFolders(TrainerProperties properties, RunStore runs) {
        return new RunFolders(properties.dataDirectory(), runs::namespace);
    }

    @Bean
    BodyLimits bodyLimits(HttpProperties http) {
        return new BodyLimits(
                http.maxBody(),
                RunsApi.class,
                LabelsApi.class,
                LineageApi.class,
                ComparisonsApi.class,
                RejudgementsApi.class,
                GenerationsApi.class,
                MethodsApi.class);
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

    /** The judges, who are given time for their way back. */
    @Bean
    JudgementApi judgements(ServiceClients clients, TrainerProperties properties) {
        JudgementApi judgements =
                clients.client(JudgementApi.class, properties.judgeUrl().toString(), properties.judgementTimeout());
        Duration deadline = properties.judgementTimeout().minus(ANSWER);
        return request -> judgements.judge(request.withDeadline(deadline));
    }

    @Bean
    PendingJudgementApi pendingJudgements(ServiceClients clients, TrainerProperties properties) {
        return clients.client(PendingJudgementApi.class, properties.judgeUrl().toString(), LOOK);
    }

    /** The reward models, which are given time. */
    @Bean
    RewardApi rewards(ServiceClients clients, TrainerProperties properties) {
        return clients.client(RewardApi.class, properties.rewardUrl().toString(), properties.scoreTimeout());
    }

    @Bean
    RunTraining runTraining(
            JudgementApi judges,
            RewardApi rewards,
            TinkerEngines engines,
            FileRoots roots,
            Dependencies dependencies,
            SamplerServers samplers) {
        PinnedJudges pinned = new PinnedJudges(dependencies.judges());
        return (runId, spec, directory, journal) -> {
            List<RunSpec.Judge> used = spec.allStages().stream()
                    .flatMap(stage -> stage.judges().stream())
                    .toList();
            List<String> changes = changes(pinned, used, journal);
            if (!changes.isEmpty()) {
                throw new TrainingFailedException(
                        String.join("; ", changes) + "; create a new run with judges that there are");
            }
            engines.train(
                    spec.policy(),
                    roots.checkpoint(spec.policy().model()),
                    runId,
                    journal,
                    engine -> new TrainingRun(engine, runId, spec, directory, roots, judges, rewards, journal, samplers)
                            .run());
        };
    }

    private static List<String> changes(PinnedJudges pinned, List<RunSpec.Judge> judges, RunJournal journal) {
        try (Waiting _ = journal.waiting("judge-service", "the judge service", "has not told the run's judges yet")) {
            return Beside.call(journal, () -> pinned.changes(judges), changes -> {});
        }
    }
}
