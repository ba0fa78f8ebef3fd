package dev.tribunal.judge.llm;

import dev.tribunal.contracts.common.FieldError;
import dev.tribunal.contracts.judge.v1.registry.JudgeRegistration.Llm;
import dev.tribunal.contracts.judge.v1.registry.JudgeRegistration.LlmModel;
import dev.tribunal.contracts.runs.v1.spec.VersionedName;
import dev.tribunal.languagemodel.CheckpointException;
import dev.tribunal.servicekit.json.JsonPointers;
import dev.tribunal.servicekit.outbound.AddressGuard;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

/** What is wrong with the question of an LLM judge beyond its form, all at once. */
final class LlmCheck {

    /** What OpenAI, vLLM and Ollama allow; text-generation-inference allows 5 unless it is told otherwise. */
    static final int MOST_TOP_LOG_PROBS = 20;

    private static final Set<String> OWN_OPTIONS = Set.of(
            "model", "messages", "prompt", "max_tokens", "temperature", "logprobs", "top_logprobs", "stream", "n");

    private final Llm given;
    private final AddressGuard guard;
    private final LocalModels models;
    private final List<FieldError> mistakes = new ArrayList<>();

    LlmCheck(Llm given, AddressGuard guard, LocalModels models) {
        this.given = given;
        this.guard = guard;
        this.models = models;
    }

    /** @param whole whether its form has no mistake, so that the question can be asked */
    List<FieldError> mistakes(boolean whole) {
        question();
        if (whole && mistakes.isEmpty()) {
            words();
        }
        LlmModel model = given.model();
        if (model.checkpoint() == null) {
            server(model);
        } else if (whole && mistakes.isEmpty()) {
            checkpoint(model.checkpoint());
        }
        return mistakes;
    }

    private void question() {
        if (given.template() != null) {
            try {
                shipped(given.template());
            } catch (IllegalArgumentException e) {
                add("/template", String.valueOf(e.getMessage()));
            }
        } else if (given.question() != null) {
            String objection = JudgeTemplate.objection(given.question());
            if (objection != null) {
                add("/question", objection);
            }
        }
    }

    private void words() {
        JudgeTemplate template = template(given, "", "");
        if (template.satisfiedToken().strip().equals(template.violatedToken().strip())) {
            add("/violated", "is '" + template.violatedToken() + "', and /satisfied is too; the two must differ");
        }
    }

    private void server(LlmModel model) {
        String objection = guard.objection(model.url());
        if (objection != null) {
            add("/model/url", objection);
        }
        if (model.options() != null) {
            TreeSet<String> own = new TreeSet<>(model.options().keySet());
            own.retainAll(OWN_OPTIONS);
            own.forEach(
                    name -> add(JsonPointers.child("/model/options", name), "is set by the judge itself; remove it"));
        }
    }

    private void checkpoint(String reference) {
        try {
            models.check(reference, template(given, "", ""));
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
        VersionedName named = VersionedName.parse(reference);
        try {
            return JudgeTemplate.load(named.name(), named.version());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "is '" + reference + "', which does not ship; GET /v1/judge-templates lists what does", e);
        }
    }

    private void add(String pointer, String detail) {
        mistakes.add(new FieldError(pointer, detail));
    }
}
