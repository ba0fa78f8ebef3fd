package dev.tribunal.trainer.execution;

import dev.tribunal.contracts.runs.v1.run.Artifact;
import dev.tribunal.contracts.runs.v1.run.RunResource.BestCheckpoint;
import dev.tribunal.contracts.runs.v1.spec.RunSpec;
import dev.tribunal.trainer.checkpoint.Checkpoint;
import dev.tribunal.trainer.journal.RunJournal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.context.annotation.Primary;

/**
 * The real training, which halts where the system property {@code halt} says, {@code RUN-NAME:PLACE@STEP}, where a place
 * may be the first word of a phase, says so on standard output, and goes on once the file that {@code go} names exists: meanwhile its process can be killed or
 * stopped.
 */
@Primary
final class HaltingTraining implements RunTraining {

    static final String HALTED = "HALTED at ";

    private static final Pattern STEP = Pattern.compile("step (\\d+) of \\d+");

    private final RunTraining real;

    HaltingTraining(@Qualifier("runTraining") RunTraining real) {
        this.real = real;
    }

    @Override
    public void train(String runId, RunSpec spec, Path directory, RunJournal journal) {
        real.train(runId, spec, directory, new HaltingJournal(spec.name(), journal));
    }

    private record HaltingJournal(String run, RunJournal journal, int[] step) implements RunJournal {

        HaltingJournal(String run, RunJournal journal) {
            this(run, journal, new int[1]);
        }

        private void at(String place, int atStep) {
            String here = run + ":" + place + "@" + atStep;
            if (!List.of(System.getProperty("halt", "").split(",")).contains(here)) {
                return;
            }
            System.out.println(HALTED + here);
            Path go = Path.of(System.getProperty("go"));
            try {
                while (!Files.exists(go)) {
                    Thread.sleep(10);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        @Override
        public void phase(String phase) {
            Matcher matcher = STEP.matcher(phase);
            if (matcher.matches()) {
                step[0] = Integer.parseInt(matcher.group(1));
            }
            journal.phase(phase);
            at(phase.replaceFirst("[ :].*", ""), step[0]);
        }

        @Override
        public void commit(StepRecord record) {
            boolean training = record.kind() == Kind.TRAINING;
            at(training ? "commit" : "evaluation", record.step());
            journal.commit(record);
            at(training ? "committed" : "evaluated", record.step());
        }

        @Override
        public List<Checkpoint> checkpoints() {
            return journal.checkpoints();
        }

        @Override
        public void goBackTo(Checkpoint checkpoint, String why) {
            journal.goBackTo(checkpoint, why);
        }

        @Override
        public int attempt() {
            return journal.attempt();
        }

        @Override
        public void requireHeld() {
            at("writing", step[0]);
            journal.requireHeld();
        }

        @Override
        public void checkpoint(Checkpoint checkpoint, @Nullable Integer keep) {
            at("published", checkpoint.step());
            journal.checkpoint(checkpoint, keep);
        }

        @Override
        public List<Evaluated> evaluations(String stage, String metric, String task) {
            return journal.evaluations(stage, metric, task);
        }

        @Override
        public void best(String stage, BestCheckpoint best) {
            journal.best(stage, best);
        }

        @Override
        public List<Artifact> artifacts() {
            return journal.artifacts();
        }

        @Override
        public void artifact(Artifact artifact) {
            at("leaving-" + artifact.stage(), step[0]);
            journal.artifact(artifact);
            at("left-" + artifact.stage(), step[0]);
        }

        @Override
        public void warn(String type, String message) {
            journal.warn(type, message);
        }

        @Override
        public void waitsFor(String service, String why) {
            journal.waitsFor(service, why);
        }

        @Override
        public void answered(String service) {
            journal.answered(service);
        }

        @Override
        public void awaitPermission() {
            journal.awaitPermission();
        }

        @Override
        public void beforeResuming(Runnable check) {
            journal.beforeResuming(check);
        }

        @Override
        public void stopIfAsked() {
            if (isCalledBy("GroupSampler")) {
                at("sampling", step[0]);
            }
            journal.stopIfAsked();
        }

        @Override
        public void stopIfCancelled() {
            if (isCalledBy("GradientAccumulator")) {
                at("update", step[0]);
            }
            journal.stopIfCancelled();
        }

        @Override
        public Waiting waiting(String kind, String name, String message) {
            return journal.waiting(kind, name, message);
        }

        @Override
        public boolean isPausedByAlarm() {
            return journal.isPausedByAlarm();
        }

        private static boolean isCalledBy(String type) {
            return StackWalker.getInstance()
                    .walk(frames ->
                            frames.anyMatch(frame -> frame.getClassName().contains("." + type)));
        }

        @Override
        public void pause(String reason) {
            journal.pause(reason);
        }
    }
}
