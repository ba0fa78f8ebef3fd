package dev.tribunal.reward.model;

import dev.tribunal.contracts.chat.Message;
import dev.tribunal.contracts.reward.v1.RewardModelRegistration.Import;
import dev.tribunal.contracts.reward.v1.RewardModelRegistration.Remote;
import dev.tribunal.contracts.reward.v1.RewardModelRegistration.Train;
import dev.tribunal.languagemodel.CheckpointSummary;
import dev.tribunal.languagemodel.Engine;
import dev.tribunal.languagemodel.ScoringModel;
import dev.tribunal.methods.rewardmodel.Brme;
import dev.tribunal.reward.head.Heads;
import dev.tribunal.reward.remote.RemoteModels;
import dev.tribunal.reward.text.ScoredText;
import dev.tribunal.reward.training.Trained;
import dev.tribunal.reward.training.TrainingListener;
import dev.tribunal.servicekit.files.DiskSpace;
import dev.tribunal.servicekit.files.FileRoots;
import dev.tribunal.servicekit.files.OwnedFolder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import org.springframework.util.FileSystemUtils;

/** Prepares one version: trains or copies its checkpoint, or tries its server. The version's directory is whole or absent at any moment. */
@Component
class Preparation {

    private static final Logger log = LoggerFactory.getLogger(Preparation.class);
    private static final Pattern CHECKPOINT_FILES = Pattern.compile(".+\\.(json|safetensors|jinja|model|txt)");

    private final Engine engine;
    private final FileRoots files;
    private final RemoteModels remotes;
    private final Path data;

    Preparation(Engine engine, FileRoots files, RemoteModels remotes, RewardProperties properties) {
        this.engine = engine;
        this.files = files;
        this.remotes = remotes;
        this.data = properties.directory();
    }

    /** @param listener told how a training goes on; what it throws ends it */
    Prepared prepare(RewardModelEntity version, TrainingListener listener) {
        return switch (version.source()) {
            case Train train -> checkpoint(version, (directory, scratch) -> train(train, directory, scratch, listener));
            case Import imported -> checkpoint(version, (directory, _) -> copy(imported, directory));
            case Remote remote -> {
                remotes.requireScore(remote);
                yield new Prepared(remotes.digest(remote), null, List.of(), List.of(), Map.of(), List.of());
            }
        };
    }

    /** Deletes what preparations left that were killed. */
    void sweep() {
        try (Stream<Path> names = Files.isDirectory(data) ? Files.list(data) : Stream.empty()) {
            names.filter(Files::isDirectory)
                    .flatMap(name -> OwnedFolder.sweep(name).stream())
                    .forEach(left -> log.info("deleted {}, left by a process that was killed", left));
        } catch (IOException e) {
            log.warn("cannot look for leftovers in {}", data, e);
        }
    }

    @FunctionalInterface
    private interface Making {

        /**
         * @param directory to be made
         * @param scratch a folder that is deleted afterwards
         */
        Trained make(Path directory, Path scratch) throws IOException;
    }

    private Prepared checkpoint(RewardModelEntity version, Making making) {
        Path directory = version.directory(data);
        Path versions = Objects.requireNonNull(directory.getParent(), "a version's directory lies below the data's");
        long start = System.nanoTime();
        OwnedFolder.sweep(versions);
        try (OwnedFolder unfinished = OwnedFolder.create(versions, version.version())) {
            FileSystemUtils.deleteRecursively(directory); // left by an attempt that was cut off at its end
            Path checkpoint = unfinished.path().resolve("checkpoint");
            Trained trained = making.make(checkpoint, unfinished.path());
            unfinished.publish(checkpoint, directory);
            Map<String, Double> metrics = new LinkedHashMap<>(trained.metrics());
            metrics.put("seconds", (System.nanoTime() - start) / 1e9);
            CheckpointSummary summary = engine.inspect(directory);
            Heads heads = Heads.read(directory);
            return new Prepared(
                    heads.isEmpty() ? summary.digest() : heads.digest(summary.digest()),
                    summary.configuration().maxPositions(),
                    summary.scalarHead() || !heads.isEmpty() ? List.of() : summary.labels(),
                    heads.list(),
                    metrics,
                    trained.conditions());
        } catch (IOException | UncheckedIOException e) {
            throw new IllegalArgumentException(
                    "The checkpoint cannot be written to " + directory + ": " + e
                            + ". Where the disk is full, free some" + " of it, then register the version again.",
                    e);
        }
    }

    private Trained train(Train source, Path directory, Path scratch, TrainingListener listener) {
        // The checkpoint, and the best weights beside it, or those of a first stage.
        long copies = source.training().validation().best() != null
                        || source.training().loss() instanceof Brme
                ? 2
                : 1;
        requireRoom(
                copies * 4 * engine.inspect(files.checkpoint(source.backbone())).parameters());
        return new CheckpointTraining(engine, files, source, scratch, listener).into(directory);
    }

    private Trained copy(Import source, Path directory) throws IOException {
        Path original = files.checkpoint(source.model());
        List<Path> wanted;
        try (Stream<Path> listing = Files.list(original)) {
            wanted = listing.filter(Files::isRegularFile)
                    .filter(file -> CHECKPOINT_FILES
                            .matcher(file.getFileName().toString())
                            .matches())
                    .toList();
        }
        long bytes = 0;
        for (Path file : wanted) {
            bytes += Files.size(file);
        }
        requireRoom(bytes);
        Files.createDirectory(directory);
        for (Path file : wanted) {
            Files.copy(file, directory.resolve(file.getFileName()));
        }
        Heads.read(directory).requireFit(engine.inspect(directory).labels());
        requireFiniteScore(directory);
        return new Trained(Map.of(), List.of());
    }

    private void requireRoom(long bytes) {
        String lack = DiskSpace.lack(data, bytes, "The checkpoint needs");
        if (lack != null) {
            throw new IllegalArgumentException(lack + "; free some of it, or set tribunal.reward.data to a folder on"
                    + " another disk, then register the version again.");
        }
    }

    private void requireFiniteScore(Path checkpoint) {
        try (ScoringModel model = engine.loadScoring(checkpoint)) {
            int[] probe = ScoredText.tokens(model.tokenizer(), List.of(Message.user("Hello")), "Hello!");
            for (float score : model.labelScores(List.of(probe))[0]) {
                if (!Float.isFinite(score)) {
                    throw new IllegalArgumentException(
                            "The checkpoint gives " + score + " where a finite score is due; its weights are damaged.");
                }
            }
        }
    }
}
