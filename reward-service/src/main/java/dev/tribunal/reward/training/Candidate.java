package dev.tribunal.reward.training;

import dev.tribunal.languagemodel.ScoringModel;
import dev.tribunal.languagemodel.WeightType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.function.Function;
import java.util.stream.Stream;

/** The model in training, and the best weights that it had so far, in a folder. */
public final class Candidate implements AutoCloseable {

    private final Path best;
    private final Function<Path, ScoringModel> load;
    private ScoringModel model;

    /**
     * @param model closed with this
     * @param best the folder, not there yet, to keep the best weights in
     * @param load reads them again
     */
    public Candidate(ScoringModel model, Path best, Function<Path, ScoringModel> load) {
        this.model = model;
        this.best = best;
        this.load = load;
    }

    public ScoringModel model() {
        return model;
    }

    /** The weights as they are now are the best ones. */
    void keep() {
        delete(best);
        model.save(best, WeightType.F32);
    }

    private static void delete(Path folder) {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Takes the best weights in place of the last. */
    void restore() {
        model.close(); // two of them may not fit the memory
        model = load.apply(best);
    }

    @Override
    public void close() {
        model.close();
    }
}
