package dev.tribunal.local.cli.model;

import dev.tribunal.languagemodel.sampling.SamplingOptions;
import dev.tribunal.languagemodel.sampling.StopRule;
import dev.tribunal.local.cli.shared.CommandException;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** How a command samples. */
final class SamplingArguments {

    @Option(
            names = "--max-new-tokens",
            paramLabel = "N",
            description = "The longest completion; default ${DEFAULT-VALUE}.")
    int maxNewTokens = 128;

    @Option(
            names = "--temperature",
            paramLabel = "T",
            description = "Default ${DEFAULT-VALUE}: greedy, the most probable token every time.")
    double temperature = 0;

    @Option(
            names = "--top-k",
            paramLabel = "K",
            description = "Sample from the K most probable tokens; default 0: all.")
    int topK = 0;

    @Option(
            names = "--top-p",
            paramLabel = "P",
            description = "Sample from the fewest of the most probable tokens that make up P; default 1: all.")
    double topP = 1;

    @Option(
            names = "--stop",
            paramLabel = "TEXT",
            description = "End a completion with the token that completes this text, and keep it. May be repeated.")
    List<String> stop = new ArrayList<>();

    @Option(
            names = "--seed",
            paramLabel = "S",
            description = "Of the random numbers; the same seed draws the same text. Default ${DEFAULT-VALUE}.")
    long seed = 0;

    /** @throws CommandException naming what is wrong */
    SamplingOptions options() {
        if (temperature == 0 && (topK != 0 || topP != 1)) {
            throw new CommandException("--top-k and --top-p choose among tokens to draw from, but temperature 0 always"
                    + " takes the most probable one; give a --temperature above 0");
        }
        try {
            return new SamplingOptions(maxNewTokens, temperature, topK, topP, StopRule.at(stop));
        } catch (IllegalArgumentException e) {
            throw new CommandException(String.valueOf(e.getMessage()), e);
        }
    }
}
