package dev.tribunal.trainer.vllm;

import dev.tribunal.languagemodel.LanguageModel;
import dev.tribunal.languagemodel.TokenSequence;
import dev.tribunal.trainer.journal.TrainingFailedException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * An adapter as it was after so many steps, in the folder that the servers share, and what the trainer finds of a few fixed
 * sequences with it.
 *
 * @param version committed steps
 * @param directory PEFT's; its name is what it is called on the servers
 * @param logProbs {@code [sequences][tokens - 1]}
 */
record PublishedWeights(int version, Path directory, List<float[]> logProbs) {

    /** @param fixed sequences of at least two tokens each */
    static PublishedWeights write(LanguageModel policy, int version, Path directory, List<int[]> fixed) {
        policy.saveAdapter(directory);
        letOthersRead(directory);
        List<TokenSequence> sequences = fixed.stream()
                .map(tokens ->
                        new TokenSequence(Arrays.copyOf(tokens, 1), Arrays.copyOfRange(tokens, 1, tokens.length)))
                .toList();
        return new PublishedWeights(version, directory, policy.logProbs(sequences));
    }

    /**
     * The same files in a place that no server has heard of: a server may take what it knows for what is there now.
     *
     * @param number 0 for the first place, which is theirs alone already
     */
    Path copy(int number) {
        if (number == 0) {
            return directory;
        }
        Path other = directory.resolveSibling(directory.getFileName() + "-" + number);
        synchronized (this) {
            if (!Files.isDirectory(other)) {
                try (Stream<Path> files = Files.list(directory)) {
                    Files.createDirectories(other);
                    for (Path file : files.toList()) {
                        Files.copy(file, other.resolve(file.getFileName()));
                    }
                    letOthersRead(other);
                } catch (IOException e) {
                    throw new TrainingFailedException(
                            "the adapter cannot be copied to " + other + ": " + e.getMessage()
                                    + "; see that the folder of policy.sampler.adapters has room and may be written to",
                            new UncheckedIOException(e));
                }
            }
        }
        return other;
    }

    /** What is written as a whole is its owner's alone; servers seldom run as the trainer's user. */
    private static void letOthersRead(Path directory) {
        if (directory.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            try {
                Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
            } catch (IOException e) {
                throw new UncheckedIOException("the servers cannot be allowed to read " + directory + ": " + e, e);
            }
        }
    }
}
