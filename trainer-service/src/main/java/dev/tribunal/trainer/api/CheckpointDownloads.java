package dev.tribunal.trainer.api;

import dev.tribunal.contracts.runs.v1.run.CheckpointFile;
import dev.tribunal.servicekit.error.TribunalException;
import dev.tribunal.trainer.TrainerError;
import dev.tribunal.trainer.checkpoint.CheckpointWriter;
import dev.tribunal.trainer.store.CheckpointEntity;
import dev.tribunal.trainer.store.RunCheckpoints;
import dev.tribunal.trainer.store.RunStore;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.FileSystemResource;
import org.springframework.core.io.Resource;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.util.ConcurrentLruCache;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/** The files of checkpoints: which there are, and their bytes, whole or in parts. */
@RestController
class CheckpointDownloads {

    private static final int LISTS = 64;

    private record Written(Path directory, @Nullable String stateDigest) {}

    private final RunStore runs;
    private final RunCheckpoints checkpoints;
    /** A checkpoint never changes: a download of many files reads its list once. */
    private final ConcurrentLruCache<Written, List<CheckpointFile>> lists =
            new ConcurrentLruCache<>(LISTS, CheckpointDownloads::list);

    CheckpointDownloads(RunStore runs, RunCheckpoints checkpoints) {
        this.runs = runs;
        this.checkpoints = checkpoints;
    }

    List<CheckpointFile> files(String runId, int step) {
        return files(checkpoint(runId, step));
    }

    /** A path that is not one of the listed files has no bytes, whatever is on the disk. */
    @GetMapping(path = "/v1/runs/{id}/checkpoints/{step}/files/{*path}")
    ResponseEntity<Resource> bytes(
            @PathVariable("id") String id, @PathVariable("step") int step, @PathVariable("path") String path) {
        CheckpointEntity checkpoint = checkpoint(id, step);
        String name = path.substring(1);
        List<CheckpointFile> files = files(checkpoint);
        CheckpointFile file = files.stream()
                .filter(each -> each.path().equals(name))
                .findFirst()
                .orElseThrow(() -> new TribunalException(
                        TrainerError.FILE_NOT_FOUND,
                        "The checkpoint of step " + step + " has no file '" + name + "'; it has "
                                + files.stream().map(CheckpointFile::path).collect(Collectors.joining(", ")) + "."));
        var response = ResponseEntity.ok()
                .contentType(MediaType.APPLICATION_OCTET_STREAM)
                .cacheControl(CacheControl.noStore());
        if (file.sha256() != null) {
            response = response.eTag(file.sha256());
        }
        return response.body(new FileSystemResource(checkpoint.directory().resolve(name)));
    }

    private CheckpointEntity checkpoint(String runId, int step) {
        runs.get(runId);
        return checkpoints.get(runId, step);
    }

    private List<CheckpointFile> files(CheckpointEntity checkpoint) {
        Written written = new Written(checkpoint.directory(), checkpoint.stateDigest());
        if (!Files.isDirectory(checkpoint.directory())) { // that is told, whatever was read before
            lists.remove(written);
        }
        return lists.get(written);
    }

    private static List<CheckpointFile> list(Written checkpoint) {
        try {
            return CheckpointWriter.files(checkpoint.directory(), checkpoint.stateDigest());
        } catch (UncheckedIOException elsewhere) {
            throw new TribunalException(
                    TrainerError.FILE_NOT_FOUND,
                    "The files of the checkpoint are not on this trainer's disk: " + elsewhere.getMessage()
                            + ". Where trainers share no disk, ask the one that wrote it.",
                    elsewhere);
        }
    }
}
