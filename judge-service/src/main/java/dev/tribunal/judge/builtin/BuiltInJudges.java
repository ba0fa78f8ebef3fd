package dev.tribunal.judge.builtin;

import dev.tribunal.contracts.judge.v1.JudgeDescriptor;
import dev.tribunal.contracts.judge.v1.registry.JudgeRegistration.Llm;
import dev.tribunal.contracts.judge.v1.registry.JudgeResource;
import dev.tribunal.contracts.judge.v1.registry.JudgeResource.Kind;
import dev.tribunal.contracts.judge.v1.registry.JudgeResource.State;
import dev.tribunal.judge.fanout.JudgeClient;
import dev.tribunal.judge.fanout.JudgeDirectory.Found;
import dev.tribunal.judge.fanout.JudgeLimits;
import dev.tribunal.judge.llm.LlmJudge;
import dev.tribunal.judge.llm.LlmJudges;
import dev.tribunal.judge.registration.Registration;
import dev.tribunal.judge.registration.RegistrationCheck;
import dev.tribunal.judge.registration.RegistryProperties;
import dev.tribunal.judge.reward.RewardJudge;
import dev.tribunal.judge.rules.instruction.InstructionFollowingJudge;
import dev.tribunal.judge.rules.math.MathAnswerJudge;
import dev.tribunal.judge.rules.text.FinishedJudge;
import dev.tribunal.judge.rules.text.LengthJudge;
import dev.tribunal.judge.rules.text.ReadingLevelJudge;
import dev.tribunal.judge.rules.text.RepetitionJudge;
import dev.tribunal.judge.sdk.Descriptors;
import dev.tribunal.judge.sdk.Judge;
import dev.tribunal.servicekit.caller.Caller;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.stereotype.Component;

/** The judges that ship with this service: active from the start, one version of each. */
@Component
@EnableConfigurationProperties(RegistryProperties.class)
public class BuiltInJudges {

    private final Map<String, BuiltIn> byName = new TreeMap<>();
    private final LlmJudges llmJudges;
    private final CodeJudges codeJudges;

    BuiltInJudges(
            LlmJudges llmJudges,
            CodeJudges codeJudges,
            RewardJudge rewardJudge,
            RegistryProperties properties,
            JudgeClient.Surroundings surroundings) {
        this.llmJudges = llmJudges;
        this.codeJudges = codeJudges;
        List<Judge> rules = List.of(
                new InstructionFollowingJudge(),
                new MathAnswerJudge(),
                new LengthJudge(),
                new RepetitionJudge(),
                new FinishedJudge(),
                new ReadingLevelJudge());
        int processors = Runtime.getRuntime().availableProcessors();
        for (Judge judge : rules) {
            String identity =
                    judge.descriptor().name() + " " + judge.descriptor().version();
            add(judge, Kind.RULE, identity, properties.ruleTimeout(), processors, surroundings);
        }
        codeJudges
                .judge()
                .ifPresent(judge ->
                        add(judge, Kind.RULE, judge.identity(), codeJudges.timeout(), processors, surroundings));
        for (LlmJudge judge : llmJudges.all()) {
            // One pass at a time: the model has one thread.
            add(judge, Kind.LLM, judge.identity(), properties.llmTimeout(), 1, surroundings);
        }
        rewardJudge
                .client(properties.llmTimeout(), surroundings)
                .ifPresent(client -> add(RewardJudge.descriptor(), Kind.RULE, RewardJudge.IDENTITY, client, null));
    }

    private void add(
            Judge judge,
            Kind kind,
            String identity,
            Duration timeout,
            int maxInFlight,
            JudgeClient.Surroundings surroundings) {
        JudgeDescriptor descriptor = Descriptors.of(judge);
        JudgeLimits limits = JudgeLimits.inProcess(timeout, descriptor.maxBatchItems(), maxInFlight);
        add(
                descriptor,
                kind,
                identity,
                JudgeClient.to(judge, limits, surroundings),
                judge instanceof LlmJudge asked ? asked.asked() : null);
    }

    private void add(JudgeDescriptor descriptor, Kind kind, String identity, JudgeClient client, @Nullable Llm llm) {
        byName.put(
                descriptor.name(),
                new BuiltIn(descriptor, kind, Registration.sha256(identity), client, Instant.now(), llm));
    }

    /** In the order of their names. */
    public Collection<BuiltIn> all() {
        return byName.values();
    }

    public boolean has(String name) {
        return byName.containsKey(name) || whyMissing(name) != null;
    }

    public Optional<BuiltIn> find(String name, String version) {
        BuiltIn judge = byName.get(name);
        return judge != null
                        && (version.equals(RegistrationCheck.LATEST)
                                || version.equals(judge.client().version()))
                ? Optional.of(judge)
                : Optional.empty();
    }

    /** What to do about a judge that would be built in; null if it would not. */
    @Nullable
    public String whyMissing(String name) {
        if (RewardJudge.NAME.equals(name) && !byName.containsKey(name)) {
            return "'" + name + "' asks the reward service: set tribunal.judge.reward-url";
        }
        String missing = codeJudges.whyMissing(name);
        return missing != null ? missing : llmJudges.whyMissing(name);
    }

    /** @param llm of a judge that asks a language model, its question */
    public record BuiltIn(
            JudgeDescriptor descriptor,
            Kind kind,
            String digest,
            JudgeClient client,
            Instant createdAt,
            @Nullable Llm llm) {

        public Found.Ready found() {
            return new Found.Ready(client, kind, digest, descriptor.deterministic());
        }

        public JudgeResource resource() {
            JudgeLimits limits = client.limits();
            return new JudgeResource(
                    descriptor.name(),
                    descriptor.version(),
                    kind,
                    State.ACTIVE,
                    digest,
                    descriptor.description(),
                    null,
                    null,
                    descriptor.deterministic(),
                    Math.toIntExact(limits.timeout().toMillis()),
                    limits.maxBatchItems(),
                    limits.maxInFlight(),
                    List.of(),
                    null,
                    client.health(),
                    null,
                    createdAt,
                    descriptor.requires(),
                    Boolean.TRUE.equals(descriptor.checksItems()),
                    llm,
                    null,
                    null,
                    Caller.SHARED_NAMESPACE);
        }
    }
}
