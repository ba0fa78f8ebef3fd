package dev.tribunal.judge.llm;

import dev.tribunal.contracts.common.FieldError;
import dev.tribunal.contracts.judge.v1.JudgeDescriptor;
import dev.tribunal.contracts.judge.v1.registry.JudgeRegistration.Llm;
import dev.tribunal.contracts.judge.v1.registry.JudgeRegistration.LlmModel;
import dev.tribunal.contracts.judge.v1.registry.JudgeResource.Check;
import dev.tribunal.judge.fanout.JudgeClient;
import dev.tribunal.judge.fanout.JudgeLimits;
import dev.tribunal.judge.openai.OpenAiServer;
import dev.tribunal.languagemodel.CheckpointException;
import dev.tribunal.servicekit.outbound.AddressGuard;
import dev.tribunal.servicekit.outbound.GuardedHttp;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Judges that were registered as a question to a language model: checked, filled in, and asked. */
@Component
public final class RegisteredLlmJudges {

    /** Of one request of the gate to a server that may have to load its model. */
    private static final Duration PROBE_TIMEOUT = Duration.ofSeconds(60);

    private final LocalModels models;
    private final AddressGuard guard;

    RegisteredLlmJudges(LocalModels models, AddressGuard guard) {
        this.models = models;
        this.guard = guard;
    }

    /**
     * What is wrong with a question beyond its form, all at once; pointers are from the block's root. A checkpoint's
     * tokenizer is asked about the replies, a server is not: the gate does that.
     *
     * @param whole whether its form has no mistake
     */
    public List<FieldError> mistakes(Llm given, boolean whole) {
        return new LlmCheck(given, guard, models).mistakes(whole);
    }

    /**
     * With every default filled in, and the checkpoint's digest.
     *
     * @param given has no {@link #mistakes}
     * @throws CheckpointException if the checkpoint has broken since
     */
    public Llm resolved(Llm given) {
        JudgeTemplate template = LlmCheck.template(given, "", "");
        LlmModel model = given.model();
        return new Llm(
                given.template(),
                template.question(),
                template.raw(),
                template.satisfiedToken(),
                template.violatedToken(),
                Objects.requireNonNullElse(given.threshold(), LlmJudge.DEFAULT_THRESHOLD),
                Objects.requireNonNullElse(given.maxCharacters(), LlmJudge.DEFAULT_MAX_CHARACTERS),
                model.checkpoint() == null
                        ? new LlmModel(
                                null,
                                null,
                                model.url(),
                                model.name(),
                                model.secretRef(),
                                Objects.requireNonNullElse(model.topLogProbs(), LlmCheck.MOST_TOP_LOG_PROBS),
                                model.options())
                        : new LlmModel(
                                model.checkpoint(),
                                models.open(model.checkpoint()).digest(),
                                null,
                                null,
                                null,
                                null,
                                null));
    }

    /** @param llm resolved */
    public JudgeDescriptor descriptor(String name, String version, Llm llm) {
        return LlmJudge.descriptor(
                LlmCheck.template(llm, name, version),
                llm.model().checkpoint() == null ? ServedJudge.MAX_BATCH_ITEMS : LlmJudge.MAX_BATCH_ITEMS);
    }

    /**
     * How such a judge is asked. A server gets one item a request, with the registration's retries; a checkpoint a whole
     * batch, one at a time, since it has one thread.
     *
     * @param limits as registered
     */
    public JudgeLimits limits(JudgeLimits limits, Llm llm) {
        return llm.model().checkpoint() == null
                ? new JudgeLimits(
                        limits.timeout(),
                        ServedJudge.MAX_BATCH_ITEMS,
                        limits.maxInFlight(),
                        limits.maxAttempts(),
                        limits.backoff())
                : JudgeLimits.inProcess(limits.timeout(), LlmJudge.MAX_BATCH_ITEMS, 1);
    }

    /**
     * @param llm resolved
     * @param limits as {@link #limits} gives them
     * @param http to the server, if it is one
     * @param secret the server's API key, if it has one
     */
    public JudgeClient client(
            String name,
            String version,
            Llm llm,
            JudgeLimits limits,
            GuardedHttp http,
            @Nullable String secret,
            JudgeClient.Surroundings surroundings) {
        if (llm.model().checkpoint() == null) {
            return JudgeClient.to(
                    name,
                    version,
                    limits,
                    served(name, version, llm, http, secret),
                    parameters -> LlmParameters.read(parameters).mistakes(),
                    surroundings);
        }
        LlmJudge judge = new LlmJudge(
                LlmCheck.template(llm, name, version),
                Objects.requireNonNull(llm.threshold()),
                Objects.requireNonNull(llm.maxCharacters()),
                model(llm.model()));
        return JudgeClient.to(judge, limits, surroundings);
    }

    /** What the gate looks at before the fixtures. */
    public List<Check> probe(Llm llm, GuardedHttp http, @Nullable String secret) {
        return llm.model().checkpoint() == null
                ? new ServerProbe(served("probe", "1", llm, http, secret), PROBE_TIMEOUT).checks()
                : List.of(new Check("tokens", true, "one token each, as the checkpoint's tokenizer writes them"));
    }

    private static ServedJudge served(String name, String version, Llm llm, GuardedHttp http, @Nullable String secret) {
        LlmModel model = llm.model();
        return new ServedJudge(
                new OpenAiServer(
                        http, Objects.requireNonNull(model.url()), secret, Objects.requireNonNull(model.name())),
                LlmCheck.template(llm, name, version),
                Objects.requireNonNull(llm.threshold()),
                Objects.requireNonNull(llm.maxCharacters()),
                Objects.requireNonNull(model.topLogProbs()),
                model.options());
    }

    /** A checkpoint that is gone, or another one, leaves its judge's verdicts undecided. */
    private JudgeModel model(LlmModel registered) {
        String reference = Objects.requireNonNull(registered.checkpoint());
        String digest = Objects.requireNonNull(registered.digest());
        try {
            JudgeModel model = models.open(reference);
            return model.digest().equals(digest)
                    ? model
                    : JudgeModel.broken(
                            digest,
                            "'" + reference + "' has changed since the judge was registered: its"
                                    + " digest is " + model.digest() + ", not " + digest
                                    + "; put the old one back, or register"
                                    + " another version");
        } catch (CheckpointException | IllegalArgumentException e) {
            return JudgeModel.broken(digest, String.valueOf(e.getMessage()));
        }
    }
}
