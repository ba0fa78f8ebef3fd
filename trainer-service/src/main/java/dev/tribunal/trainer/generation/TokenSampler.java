package dev.tribunal.trainer.generation;

import dev.tribunal.languagemodel.sampling.SamplingListener;
import dev.tribunal.languagemodel.sampling.SamplingOptions;
import dev.tribunal.languagemodel.sampling.SamplingRequest;
import java.util.List;

/** What draws completions: a model, as {@link dev.tribunal.languagemodel.LanguageModel#sample} does, or servers with its weights. */
@FunctionalInterface
public interface TokenSampler {

    /** Returns when every completion is handed over; the listener hears of them one after the other. */
    void sample(List<SamplingRequest> requests, SamplingOptions options, SamplingListener listener);
}
