package dev.tribunal.judge.llm;

import dev.tribunal.languagemodel.CheckpointException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.stereotype.Component;

/** The LLM judges that ship with this service; none without a usable model, and then the reason why. */
@Component
@EnableConfigurationProperties(LlmProperties.class)
public final class LlmJudges {

    private static final Logger log = LoggerFactory.getLogger(LlmJudges.class);

    private final List<LlmJudge> judges;
    private final @Nullable String whyNone;

    LlmJudges(LlmProperties properties, LocalModels models) {
        List<JudgeTemplate> templates = JudgeTemplate.NAMES.stream()
                .map(name -> JudgeTemplate.load(name, JudgeTemplate.LATEST))
                .toList();
        JudgeModel opened = null;
        String failure = null;
        String reference = properties.judge().model();
        if (reference == null || reference.isBlank()) {
            failure = "set tribunal.judge.model to hf:DIRECTORY of a chat model";
        } else {
            try {
                for (JudgeTemplate template : templates) {
                    models.check(reference, template);
                }
                opened = models.open(reference);
            } catch (CheckpointException | IllegalArgumentException e) {
                failure = "tribunal.judge.model: " + e.getMessage();
                log.error("there are no LLM judges: {}", failure);
            }
        }
        this.whyNone = failure;
        this.judges = opened == null ? List.of() : judges(templates, opened);
    }

    private static List<LlmJudge> judges(List<JudgeTemplate> templates, JudgeModel model) {
        return templates.stream().map(template -> new LlmJudge(template, model)).toList();
    }

    public List<LlmJudge> all() {
        return judges;
    }

    /** What to do about a judge that is named and missing; null if it is not an LLM judge, or they are there. */
    public @Nullable String whyMissing(String name) {
        return whyNone != null && JudgeTemplate.NAMES.contains(name)
                ? "the LLM judge '" + name + "' needs a model: " + whyNone
                : null;
    }
}
