package dev.tribunal.judge.llm;

import dev.tribunal.languagemodel.CheckpointException;
import dev.tribunal.languagemodel.Engine;
import dev.tribunal.servicekit.files.FileRoots;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.stereotype.Component;

/** The checkpoints that LLM judges ask, each loaded once however many judges ask it. */
@Component
@EnableConfigurationProperties(LlmProperties.class)
final class LocalModels implements AutoCloseable {

    private final Engine engine;
    private final FileRoots roots;
    private final int most;
    private final Map<Path, JudgeModel> opened = new HashMap<>();

    LocalModels(Engine engine, LlmProperties properties) {
        this.engine = engine;
        this.roots =
                new FileRoots(properties.files().roots().stream().map(Path::of).toList());
        this.most = properties.judge().maxModels();
    }

    /**
     * Looks into a checkpoint and begins to load it, if no judge has asked it yet.
     *
     * @param reference {@code hf:DIRECTORY}
     * @throws CheckpointException if it is broken, or no language model
     * @throws IllegalArgumentException if there is none, or one more would be too many
     */
    synchronized JudgeModel open(String reference) {
        Path directory = roots.checkpoint(reference);
        JudgeModel known = opened.get(directory);
        if (known != null) {
            return known;
        }
        requireRoom();
        JudgeModel model = JudgeModel.open(engine, directory);
        opened.put(directory, model);
        return model;
    }

    /**
     * Whether a checkpoint's tokenizer writes a template's two replies as one token each; nothing is loaded.
     *
     * @throws CheckpointException as {@link #open}
     * @throws IllegalArgumentException as {@link #open}, or naming the replies
     */
    void check(String reference, JudgeTemplate template) {
        Path directory = roots.checkpoint(reference);
        synchronized (this) {
            if (!opened.containsKey(directory)) {
                requireRoom();
            }
        }
        engine.withTokenizer(directory, tokenizer -> ReplyTokens.of(tokenizer, template));
    }

    private void requireRoom() {
        if (opened.size() >= most) {
            throw new IllegalArgumentException("judges ask " + opened.size() + " checkpoints already, as many as"
                    + " tribunal.judge.max-models allows; raise it if there is memory, or ask one of them");
        }
    }

    @Override
    public synchronized void close() {
        opened.values().forEach(JudgeModel::close);
    }
}
