package dev.tribunal.reward.model;

import dev.tribunal.contracts.chat.Message;
import dev.tribunal.contracts.files.FileRoots;
import dev.tribunal.contracts.reward.v1.RewardModelRegistration.Import;
import dev.tribunal.contracts.reward.v1.RewardModelRegistration.Remote;
import dev.tribunal.contracts.reward.v1.RewardModelRegistration.Train;
import dev.tribunal.languagemodel.Checkpoints;
import dev.tribunal.languagemodel.ScoringModel;
import dev.tribunal.languagemodel.WeightType;
import dev.tribunal.reward.remote.RemoteModels;
import dev.tribunal.reward.text.ScoredText;
import dev.tribunal.reward.training.PreferencePair;
import dev.tribunal.reward.training.PreferenceTraining;
import dev.tribunal.reward.training.TrainingPlan;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleConsumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.springframework.stereotype.Component;
import org.springframework.util.FileSystemUtils;

/** Prepares one version: trains or copies its checkpoint, or tries its server. The version's directory is whole or absent at any moment. */
@Component
class Preparation {

    private static final Pattern CHECKPOINT_FILES = Pattern.compile(".+\\.(json|safetensors|jinja|model|txt)");

    private final FileRoots files;
    private final RemoteModels remotes;
    private final Path data;

    Preparation(FileRoots files, RemoteModels remotes, RewardProperties properties) {
        this.files = files;
        this.remotes = remotes;
        this.data = properties.directory();
    }

    /** @param progress told the share of the training that is done, after each step; what it throws ends it */
    Prepared prepare(RewardModelVersion version, DoubleConsumer progress) {
        return switch (version.source()) {
            case Train train -> checkpoint(version, directory -> train(train, directory, progress));
            case Import imported -> checkpoint(version, directory -> copy(imported, directory));
            case Remote remote -> {
                remotes.requireScore(remote);
                yield new Prepared(remotes.digest(remote), Map.of());
            }
        };
    }

    @FunctionalInterface
    private interface Making {

        /** @return what was measured */
        Map<String, Double> make(Path directory) throws IOException;
    }

    private Prepared checkpoint(RewardModelVersion version, Making making) {
        Path directory = version.directory(data);
        long start = System.nanoTime();
        try {
            Files.createDirectories(directory.getParent());
            FileSystemUtils.deleteRecursively(directory); // left by an attempt that was cut off at its end
            Map<String, Double> metrics = new LinkedHashMap<>(making.make(directory));
            metrics.put("seconds", (System.nanoTime() - start) / 1e9);
            return new Prepared(Checkpoints.inspect(directory).digest(), metrics);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Map<String, Double> train(Train source, Path directory, DoubleConsumer progress) {
        List<PreferencePair> pairs = PreferencePair.read(files.file(source.pairs()));
        try (ScoringModel model = Checkpoints.withScalarHead(files.checkpoint(source.backbone()))) {
            Map<String, Double> metrics =
                    new PreferenceTraining(model, TrainingPlan.of(source.training()), progress).train(pairs);
            model.save(directory, WeightType.F32);
            return metrics;
        }
    }

    private Map<String, Double> copy(Import source, Path directory) throws IOException {
        Path original = files.checkpoint(source.model());
        Path partial = directory.resolveSibling("." + directory.getFileName() + ".partial");
        FileSystemUtils.deleteRecursively(partial);
        Files.createDirectories(partial);
        try (Stream<Path> listing = Files.list(original)) {
            for (Path file : listing.filter(Files::isRegularFile).toList()) {
                if (CHECKPOINT_FILES.matcher(file.getFileName().toString()).matches()) {
                    Files.copy(file, partial.resolve(file.getFileName()));
                }
            }
        }
        requireFiniteScore(partial);
        Files.move(partial, directory, StandardCopyOption.ATOMIC_MOVE);
        return Map.of();
    }

    private static void requireFiniteScore(Path checkpoint) {
        try (ScoringModel model = Checkpoints.loadScoring(checkpoint)) {
            int[] probe = ScoredText.tokens(model.tokenizer(), List.of(Message.user("Hello")), "Hello!");
            float score = model.scores(List.of(probe))[0];
            if (!Float.isFinite(score)) {
                throw new IllegalArgumentException(
                        "The checkpoint gives " + score + " where a finite score is due; its weights are damaged.");
            }
        }
    }
}
