package dev.tribunal.languagemodel.local;

import dev.tribunal.languagemodel.architecture.ModelConfiguration;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A real checkpoint of some thousand random parameters whose tokens are bytes, and four special ones before them. */
public final class TinyCheckpoint {

    static final int END = 0;
    public static final int VOCABULARY = 260;

    private TinyCheckpoint() {}

    public static ModelConfiguration configuration(boolean tied) {
        // Heads times their width is not the hidden size, on purpose.
        return new ModelConfiguration("llama", VOCABULARY, 24, 40, 2, 4, 2, 8, 128, 1e-5, 10_000, tied);
    }

    /** A new directory under {@code parent}. */
    public static Path in(Path parent, boolean tied) {
        Path directory = parent.resolve(tied ? "tied" : "untied");
        new LocalEngine().initialize(configuration(tied), tokenizer(parent), 7, directory);
        return directory;
    }

    public static Path tokenizer(Path parent) {
        Path directory = parent.resolve("tokenizer");
        try {
            Files.createDirectories(directory);
            for (String name : new String[] {"tokenizer.json", "tokenizer_config.json"}) {
                try (InputStream content = TinyCheckpoint.class.getResourceAsStream("../byte-tokenizer/" + name)) {
                    Files.write(directory.resolve(name), content.readAllBytes());
                }
            }
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return directory;
    }

    /** Makes random weights as large as trained ones, so that every tensor matters. */
    static void enlarge(LocalModel model) {
        model.run(() -> {
            var decoder = model.decoder();
            float[] weights =
                    decoder.read(decoder.weights(), 0, (int) decoder.layout().size());
            decoder.layout().tensors().stream()
                    .filter(t -> t.shape().length == 2)
                    .forEach(tensor -> {
                        for (long i = tensor.offset(); i < tensor.offset() + tensor.size(); i++) {
                            weights[(int) i] *= 12;
                        }
                    });
            decoder.writeWeights(0, weights);
        });
    }
}
