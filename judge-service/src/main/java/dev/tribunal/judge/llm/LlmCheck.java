package dev.tribunal.judge.llm;

import dev.tribunal.contracts.common.FieldError;
import dev.tribunal.contracts.judge.v1.JudgeRegistration.Llm;
import dev.tribunal.contracts.judge.v1.JudgeRegistration.LlmModel;
import dev.tribunal.judge.sdk.RequestCheck;
import dev.tribunal.languagemodel.CheckpointException;
import dev.tribunal.servicekit.outbound.AddressGuard;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** All mistakes of a question at once. What came over HTTP may be absent, whatever its type says. */
final class LlmCheck {

    /** What OpenAI, vLLM and Ollama allow; text-generation-inference allows 5 unless it is told otherwise. */
    static final int MOST_TOP_LOG_PROBS = 20;

    private static final int MAX_QUESTION = 20_000;
    private static final int MAX_REPLY = 64;
    private static final int MAX_MAX_CHARACTERS = 4_000_000;
    private static final Set<String> OWN_OPTIONS = Set.of(
            "model", "messages", "prompt", "max_tokens", "temperature", "logprobs", "top_logprobs", "stream", "n");

    private final Llm given;
    private final AddressGuard guard;
    private final LocalModels models;
    private final List<FieldError> errors = new ArrayList<>();

    LlmCheck(Llm given, AddressGuard guard, LocalModels models) {
        this.given = given;
        this.guard = guard;
        this.models = models;
    }

    List<FieldError> errors() {
        question();
        within("/threshold", given.threshold(), 0, 1);
        within("/maxCharacters", given.maxCharacters(), 1, MAX_MAX_CHARACTERS);
        LlmModel model = given.model();
        if (model == null || (model.checkpoint() == null) == (model.url() == null)) {
            add("/model", "must be a checkpoint, hf:DIRECTORY, or a server, {url, name}");
        } else if (model.url() != null) {
            server(model);
        } else {
            checkpoint(model);
        }
        return errors;
    }

    private void question() {
        if ((given.template() == null) == (given.question() == null)) {
            add("", "must have either template, NAME@VERSION, or question");
            return;
        }
        if (given.template() != null) {
            try {
                shipped(given.template());
            } catch (IllegalArgumentException e) {
                add("/template", String.valueOf(e.getMessage()));
            }
            if (given.raw() != null) {
                add("/raw", "must be left out: the template says it");
            }
        } else {
            String objection = given.question().length() > MAX_QUESTION
                    ? "has " + given.question().length() + " characters, must have at most " + MAX_QUESTION
                    : JudgeTemplate.objection(given.question());
            if (objection != null) {
                add("/question", objection);
            }
        }
        reply("/satisfied", given.satisfied());
        reply("/violated", given.violated());
        if (errors.isEmpty()) {
            JudgeTemplate template = template(given, "", "");
            if (template.satisfiedToken()
                    .strip()
                    .equals(template.violatedToken().strip())) {
                add("/violated", "is '" + template.violatedToken() + "', and /satisfied is too; the two must differ");
            }
        }
    }

    private void reply(String pointer, @Nullable String reply) {
        if (reply == null && given.template() == null) {
            add(pointer, "is missing; name the word that the model is to reply with");
        }
        if (reply != null && (reply.isBlank() || reply.length() > MAX_REPLY)) {
            add(pointer, "is '" + reply + "', must be one token of the model, for example Yes");
        }
    }

    private void server(LlmModel model) {
        String objection = guard.objection(model.url());
        if (objection != null) {
            add("/model/url", objection);
        }
        if (RequestCheck.blank(model.name())) {
            add("/model/name", "is missing; name the model as the server calls it");
        }
        within("/model/topLogProbs", model.topLogProbs(), 2, MOST_TOP_LOG_PROBS);
        if (model.options() != null) {
            TreeSet<String> own = new TreeSet<>(model.options().keySet());
            own.retainAll(OWN_OPTIONS);
            own.forEach(name -> add("/model/options/" + name, "is set by the judge itself; remove it"));
        }
    }

    private void checkpoint(LlmModel model) {
        if (model.name() != null
                || model.secretRef() != null
                || model.topLogProbs() != null
                || model.options() != null) {
            add("/model", "names a checkpoint: name, secretRef, topLogProbs and options are a server's");
        }
        if (!errors.isEmpty()) {
            return; // the tokenizer is asked about a question that is one
        }
        try {
            models.check(Objects.requireNonNull(model.checkpoint()), template(given, "", ""));
        } catch (CheckpointException | IllegalArgumentException e) {
            add("/model", String.valueOf(e.getMessage()));
        }
    }

    /**
     * @param given without mistakes in its question; where it is resolved it holds the text of its template too
     * @param name of the judge
     */
    static JudgeTemplate template(Llm given, String name, String version) {
        JudgeTemplate shipped = given.template() == null ? null : shipped(given.template());
        return new JudgeTemplate(
                name,
                version,
                given.question() != null
                        ? given.question()
                        : Objects.requireNonNull(shipped).question(),
                given.satisfied() != null
                        ? given.satisfied()
                        : Objects.requireNonNull(shipped).satisfiedToken(),
                given.violated() != null
                        ? given.violated()
                        : Objects.requireNonNull(shipped).violatedToken(),
                Boolean.TRUE.equals(given.raw()));
    }

    private static JudgeTemplate shipped(String reference) {
        int at = reference.indexOf('@');
        if (at < 0) {
            throw new IllegalArgumentException("is '" + reference + "', must be NAME@VERSION, for example safety@2");
        }
        try {
            return JudgeTemplate.load(reference.substring(0, at), reference.substring(at + 1));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "is '" + reference + "', which does not ship; GET /v1/judge-templates lists what does", e);
        }
    }

    private void within(String pointer, @Nullable Number value, double least, double most) {
        if (value != null && !(value.doubleValue() >= least && value.doubleValue() <= most)) {
            add(pointer, "is " + value + ", must be " + shown(least) + " to " + shown(most));
        }
    }

    private static String shown(double bound) {
        return Long.toString((long) bound);
    }

    private void add(String pointer, String detail) {
        errors.add(new FieldError(pointer, detail));
    }
}
