package dev.tribunal.trainer.api;

import dev.tribunal.contracts.runs.v1.run.EpisodeResource;
import dev.tribunal.contracts.runs.v1.run.TokenResource;
import dev.tribunal.contracts.runs.v1.spec.RunSpec;
import dev.tribunal.languagemodel.ChatTokenizer;
import dev.tribunal.languagemodel.CheckpointException;
import dev.tribunal.languagemodel.Engine;
import dev.tribunal.languagemodel.TextStream;
import dev.tribunal.servicekit.error.TribunalException;
import dev.tribunal.servicekit.files.FileRoots;
import dev.tribunal.trainer.TrainerError;
import java.util.ArrayList;
import java.util.List;
import org.springframework.stereotype.Component;

/** The text of each token of a stored completion, by the tokenizer of the run's checkpoint: episodes have the ids alone. */
@Component
final class CompletionTokens {

    private final FileRoots roots;
    private final Engine engine;

    CompletionTokens(FileRoots roots, Engine engine) {
        this.roots = roots;
        this.engine = engine;
    }

    /** @throws TribunalException if the tokenizer is not there */
    List<TokenResource> of(EpisodeResource episode, RunSpec spec) {
        String model = spec.policy().model();
        try {
            return engine.withTokenizer(roots.checkpoint(model), tokenizer -> tokens(episode, tokenizer));
        } catch (CheckpointException | IllegalArgumentException gone) {
            throw new TribunalException(
                    TrainerError.TOKENIZER_NOT_THERE,
                    "The tokenizer of " + model + " cannot be read on this trainer: " + gone.getMessage()
                            + ". Put the checkpoint back, or read tokenIds with another tokenizer.");
        }
    }

    private static List<TokenResource> tokens(EpisodeResource episode, ChatTokenizer tokenizer) {
        TextStream text = new TextStream(tokenizer);
        List<TokenResource> tokens = new ArrayList<>();
        for (int t = 0; t < episode.tokenIds().size(); t++) {
            int id = episode.tokenIds().get(t);
            boolean last = t == episode.tokenIds().size() - 1;
            String added = text.add(id);
            tokens.add(new TokenResource(
                    id,
                    last ? added + text.pending() : added,
                    episode.logProbs().get(t),
                    episode.referenceLogProbs().isEmpty()
                            ? null
                            : (double) episode.referenceLogProbs().get(t)));
        }
        return tokens;
    }
}
