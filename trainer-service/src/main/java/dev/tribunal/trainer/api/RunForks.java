package dev.tribunal.trainer.api;

import dev.tribunal.contracts.common.FieldError;
import dev.tribunal.contracts.runs.v1.lineage.ForkRequest;
import dev.tribunal.contracts.runs.v1.run.Artifact;
import dev.tribunal.contracts.runs.v1.run.CheckpointFile;
import dev.tribunal.contracts.runs.v1.run.CheckpointFile.Part;
import dev.tribunal.contracts.runs.v1.run.RunResource.Fork;
import dev.tribunal.contracts.runs.v1.run.RunResource.Parent;
import dev.tribunal.contracts.runs.v1.spec.RunSpec;
import dev.tribunal.servicekit.digest.Sha256;
import dev.tribunal.servicekit.error.TribunalException;
import dev.tribunal.servicekit.files.FileRoots;
import dev.tribunal.servicekit.input.Input;
import dev.tribunal.servicekit.input.InputReader;
import dev.tribunal.servicekit.input.InputTree;
import dev.tribunal.trainer.TrainerError;
import dev.tribunal.trainer.checkpoint.ArtifactFiles;
import dev.tribunal.trainer.checkpoint.CheckpointWriter;
import dev.tribunal.trainer.lineage.KeptState;
import dev.tribunal.trainer.lineage.SpecPatch;
import dev.tribunal.trainer.spec.SpecResolver.Resolved;
import dev.tribunal.trainer.store.CheckpointEntity;
import dev.tribunal.trainer.store.RunCheckpoints;
import dev.tribunal.trainer.store.RunEntity;
import dev.tribunal.trainer.store.RunStore;
import dev.tribunal.trainer.store.TrainerProperties;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Makes runs of other runs' checkpoints. */
@Component
public final class RunForks {

    /** Where in a fork's folder the weights are that it begins with. */
    private static final String START = "start";

    private final RunCreation creation;
    private final RunStore runs;
    private final RunCheckpoints checkpoints;
    private final TrainerProperties properties;

    RunForks(RunCreation creation, RunStore runs, RunCheckpoints checkpoints, TrainerProperties properties) {
        this.creation = creation;
        this.runs = runs;
        this.checkpoints = checkpoints;
        this.properties = properties;
    }

    /** The run as it would be; its id is used for nothing. */
    RunEntity dryRun(String parentId, String body, String contentType) {
        return draft(parentId, body, contentType).fork();
    }

    /** @throws TribunalException with all mistakes of what is asked for, or of the patched spec */
    public RunEntity create(String parentId, String body, String contentType) {
        Draft draft = draft(parentId, body, contentType);
        return runs.fork(draft.fork, checkpoint -> take(checkpoint, draft));
    }

    /**
     * @param folder where the checkpoint's files are going to be
     * @param start what the parent itself began with, if that is in its folder and the fork needs it
     * @param finished what the parent's stages left that the fork does not go through again
     */
    private record Draft(
            RunEntity fork,
            Fork kind,
            Path folder,
            @Nullable Path start,
            List<Artifact> finished) {}

    private Draft draft(String parentId, String body, String contentType) {
        JsonNode written = InputTree.parse(body, contentType);
        Input<ForkRequest> input = InputReader.read(ForkRequest.class, written);
        refuse("The fork", input.mistakes());
        ForkRequest request = input.required();
        RunEntity parent = runs.get(parentId);
        CheckpointEntity checkpoint =
                request.step() == null ? checkpoints.latest(parentId) : checkpoints.get(parentId, request.step());
        // The tree, not the record, which cannot tell what is taken away from what is not said.
        ObjectNode spec = SpecPatch.patched(parent.spec(), written.path("patch"));
        switch (request.kind()) {
            case WEIGHTS -> startFrom(checkpoint, written.path("patch"), spec);
            case STATE -> keepState(checkpoint, parent.spec(), spec);
        }
        Resolved resolved = creation.resolved(spec.toString(), MediaType.APPLICATION_JSON_VALUE);
        RunEntity fork = RunEntity.created(resolved, null, Sha256.hex(body));
        List<Artifact> finished =
                request.kind() == Fork.STATE ? finished(parent, resolved.spec(), checkpoint.step()) : List.of();
        Path start = request.kind() == Fork.STATE ? ownStart(parent) : null;
        boolean own = request.kind() == Fork.WEIGHTS || start != null;
        fork.forkedFrom(
                new Parent(parentId, checkpoint.step(), request.kind()),
                own ? resolved.spec().withModel(FileRoots.CHECKPOINT + start(fork.id())) : resolved.spec(),
                parent.namespace());
        return new Draft(
                fork,
                request.kind(),
                switch (request.kind()) {
                    case WEIGHTS -> start(fork.id());
                    case STATE ->
                        CheckpointWriter.folder(properties.runDirectory(fork.id()))
                                .resolve("step-%06d".formatted(checkpoint.step()));
                },
                start,
                finished);
    }

    private static void startFrom(CheckpointEntity checkpoint, JsonNode patch, ObjectNode spec) {
        JsonNode policy = patch.path("policy");
        if (policy.has("model") || policy.has("digest")) {
            refuse(
                    "The patch",
                    List.of(new FieldError(
                            "/policy/model",
                            "is the checkpoint that a fork starts from; leave it out, or create a run of its own")));
        }
        if (spec.path("policy") instanceof ObjectNode patched) { // anything else is refused with the rest of the spec
            patched.put("model", FileRoots.CHECKPOINT + checkpoint.directory())
                    .put("digest", checkpoint.resource().digest());
        }
    }

    private static void keepState(CheckpointEntity checkpoint, RunSpec parent, ObjectNode spec) {
        if (checkpoint.stateDigest() == null) {
            refuse(
                    "The fork",
                    List.of(new FieldError(
                            "/kind",
                            "is 'state', but the checkpoint is older than what a run goes on from; take 'weights'")));
        }
        refuse("The patched spec", KeptState.mistakes(parent, spec, checkpoint.step()));
    }

    /** What the stages have left that the fork does not go through again. */
    private static List<Artifact> finished(RunEntity parent, RunSpec fork, int step) {
        int finished = KeptState.finished(parent.spec(), fork, step);
        if (finished > 0 && finished == fork.stages().size()) {
            refuse(
                    "The fork",
                    List.of(new FieldError(
                            "/step",
                            "is " + step + ", where all stages of the fork are finished; take an earlier step, or add a"
                                    + " stage")));
        }
        return parent.artifacts().stream().limit(finished).toList();
    }

    private Path start(String runId) {
        return properties.runDirectory(runId).resolve(START);
    }

    /** What a run that is a fork itself began with, since it goes with that run's folder. */
    private @Nullable Path ownStart(RunEntity run) {
        return run.spec().policy().model().equals(FileRoots.CHECKPOINT + start(run.id())) ? start(run.id()) : null;
    }

    private Path take(CheckpointEntity checkpoint, Draft draft) {
        try {
            if (draft.start != null) {
                CheckpointWriter.share(draft.start, CheckpointWriter.files(draft.start, null), start(draft.fork.id()));
            }
            ArtifactFiles own = new ArtifactFiles(properties.runDirectory(draft.fork.id()));
            draft.fork.takeOver(
                    draft.finished.stream().map(left -> takeOver(left, own)).toList());
            List<CheckpointFile> files = CheckpointWriter.files(checkpoint.directory(), checkpoint.stateDigest());
            CheckpointWriter.share(
                    checkpoint.directory(),
                    files.stream()
                            .filter(file -> draft.kind == Fork.STATE || file.part() == Part.MODEL)
                            .toList(),
                    draft.folder);
            return draft.folder;
        } catch (UncheckedIOException e) {
            throw new TribunalException(
                    TrainerError.FILE_NOT_FOUND,
                    e.getMessage() + ". Where trainers share no disk, ask the one that wrote it.",
                    e);
        }
    }

    /** Its files are the fork's own afterwards; a reward model is the reward service's, and stays there. */
    private static Artifact takeOver(Artifact left, ArtifactFiles own) {
        if (left.kind() == Artifact.Kind.REWARD_MODEL) {
            return left;
        }
        int colon = left.reference().indexOf(':') + 1;
        Path shared = own.share(left.stage(), Path.of(left.reference().substring(colon)));
        return new Artifact(
                left.stage(),
                left.kind(),
                left.reference().substring(0, colon) + shared,
                left.digest(),
                left.metrics(),
                left.createdAt());
    }

    private static void refuse(String what, List<FieldError> mistakes) {
        if (!mistakes.isEmpty()) {
            throw new TribunalException(
                    TrainerError.INVALID_FORK,
                    what + " has " + (mistakes.size() == 1 ? "a mistake." : mistakes.size() + " mistakes."),
                    mistakes);
        }
    }
}
