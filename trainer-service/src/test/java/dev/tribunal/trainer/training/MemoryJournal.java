package dev.tribunal.trainer.training;

import dev.tribunal.contracts.runs.v1.run.Artifact;
import dev.tribunal.contracts.runs.v1.run.EpisodeResource;
import dev.tribunal.contracts.runs.v1.run.RunResource.BestCheckpoint;
import dev.tribunal.trainer.checkpoint.Checkpoint;
import dev.tribunal.trainer.journal.RunJournal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A journal that keeps everything, and resumes a paused run as soon as it asks. */
public class MemoryJournal implements RunJournal {

    public final List<StepRecord> evaluations = new ArrayList<>();
    public final List<StepRecord> steps = new ArrayList<>();
    public final List<Checkpoint> checkpoints = new ArrayList<>();
    final List<BestCheckpoint> bests = new ArrayList<>();
    final List<Artifact> artifacts = new ArrayList<>();
    public final Map<String, String> warnings = new TreeMap<>();
    final List<String> pauses = new ArrayList<>();
    final Set<String> episodeIds = new HashSet<>();

    @Override
    public void phase(String phase) {}

    @Override
    public void commit(StepRecord step) {
        for (EpisodeResource episode : step.episodes()) {
            if (!episodeIds.add(episode.id())) {
                throw new IllegalStateException(episode.id() + " is there already");
            }
        }
        switch (step.kind()) {
            case TRAINING -> steps.add(step);
            case EVALUATION -> evaluations.add(step);
        }
    }

    @Override
    public List<Checkpoint> checkpoints() {
        return checkpoints.reversed();
    }

    @Override
    public void goBackTo(Checkpoint checkpoint, String why) {
        throw new UnsupportedOperationException();
    }

    @Override
    public int attempt() {
        return 1;
    }

    @Override
    public void requireHeld() {}

    @Override
    public void checkpoint(Checkpoint checkpoint, @Nullable Integer keep) {
        checkpoints.removeIf(known -> known.directory().equals(checkpoint.directory()));
        checkpoints.add(checkpoint);
    }

    @Override
    public List<Evaluated> evaluations(String stage, String metric, String task) {
        return evaluations.stream()
                .filter(evaluation -> evaluation.stage().equals(stage))
                .map(evaluation -> new Evaluated(
                        evaluation.step(),
                        evaluation.metrics().stream()
                                .filter(one -> one.name().equals(metric) && task.equals(one.task()))
                                .map(Metric::value)
                                .findFirst()
                                .orElse(null)))
                .toList();
    }

    @Override
    public void best(String stage, BestCheckpoint best) {
        bests.add(best);
    }

    @Override
    public List<Artifact> artifacts() {
        return List.copyOf(artifacts);
    }

    @Override
    public void artifact(Artifact artifact) {
        artifacts.add(artifact);
    }

    @Override
    public void waitsFor(String service, String why) {
        warnings.put(service, why);
    }

    @Override
    public void answered(String service) {}

    @Override
    public void warn(String type, String message) {
        warnings.put(type, message);
    }

    @Override
    public void awaitPermission() {}

    @Override
    public void beforeResuming(Runnable check) {}

    @Override
    public void stopIfAsked() {
        stopIfCancelled();
    }

    @Override
    public void stopIfCancelled() {}

    @Override
    public Waiting waiting(String kind, String name, String message) {
        return () -> {};
    }

    @Override
    public boolean isPausedByAlarm() {
        return false;
    }

    @Override
    public void pause(String reason) {
        pauses.add(reason);
    }

    public String lastDigest() {
        return checkpoints.getLast().digest();
    }

    public List<EpisodeResource> episodes() {
        return steps.stream().flatMap(step -> step.episodes().stream()).toList();
    }

    public static double metric(StepRecord step, String name, @Nullable String task) {
        return step.metrics().stream()
                .filter(metric -> metric.name().equals(name) && Objects.equals(metric.task(), task))
                .mapToDouble(Metric::value)
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + name + " of " + task + " in " + step.metrics()));
    }
}
