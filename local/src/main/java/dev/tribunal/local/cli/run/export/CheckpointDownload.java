package dev.tribunal.local.cli.run.export;

import dev.tribunal.contracts.runs.v1.run.CheckpointFile;
import dev.tribunal.local.cli.screen.Screen;
import dev.tribunal.local.cli.shared.CommandException;
import dev.tribunal.local.platform.Address;
import dev.tribunal.servicekit.digest.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.springframework.core.retry.RetryException;
import org.springframework.core.retry.RetryPolicy;
import org.springframework.core.retry.RetryTemplate;
import org.springframework.web.util.UriUtils;

/**
 * Fetches a checkpoint's files into a folder. What has come of a file waits as {@code NAME.SHA.part} until all of it is
 * there and its SHA-256 is right; so a part is never taken for a file, nor for a part of another checkpoint's.
 */
final class CheckpointDownload implements AutoCloseable {

    private static final RetryTemplate AGAIN = new RetryTemplate(RetryPolicy.builder()
            .includes(IOException.class)
            .maxRetries(4)
            .delay(Duration.ofSeconds(1))
            .multiplier(1.5)
            .build());
    private static final Duration CONNECT = Duration.ofSeconds(10);
    private static final int OK = 200;
    private static final int PARTIAL = 206;
    private static final int NOT_THERE = 416;

    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(CONNECT).build();
    private final Address address;
    private final String run;
    private final int step;
    private final Path folder;
    private final Screen screen;

    CheckpointDownload(Address address, String run, int step, Path folder, Screen screen) {
        this.address = address;
        this.run = run;
        this.step = step;
        this.folder = folder;
        this.screen = screen;
    }

    static String withoutFolder(String path) {
        return path.substring(path.indexOf('/') + 1);
    }

    /**
     * @param name where in the folder it is put
     * @throws CommandException if another file is in its place, or it does not come
     */
    void fetch(CheckpointFile file, String name) throws IOException, InterruptedException {
        Path target = folder.resolve(name).normalize();
        if (!target.startsWith(folder) || target.equals(folder)) {
            throw new CommandException("the platform names a file '" + file.path() + "' that is outside of the folder");
        }
        if (Files.exists(target)) {
            if (Files.isRegularFile(target) && isWhole(target, file)) {
                screen.note(name + " is there already");
                return;
            }
            throw new CommandException(target + " is there already and is another file; choose an empty folder");
        }
        Files.createDirectories(target.getParent());
        String sha256 = file.sha256() == null ? "unknown" : file.sha256();
        Path part = target.resolveSibling(target.getFileName() + "." + sha256.substring(0, 7) + ".part");
        if (file.sha256() == null) {
            Files.deleteIfExists(part); // nothing tells whether it is the beginning of this file
        }
        complete(part, file);
        if (!isWhole(part, file)) {
            Files.delete(part);
            throw new CommandException(
                    name + " did not come as it is: its SHA-256 is not " + file.sha256() + "; download it again");
        }
        Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
        screen.note(name + "  " + size(file.bytes()));
    }

    private void complete(Path part, CheckpointFile file) throws IOException, InterruptedException {
        try {
            AGAIN.execute(() -> {
                goOn(part, file);
                return part;
            });
        } catch (RetryException e) {
            switch (e.getCause()) {
                case IOException brokenOff ->
                    throw new CommandException(
                            file.path() + " does not come: " + brokenOff
                                    + ". What has come is kept; the same command goes on from there",
                            brokenOff);
                case InterruptedException interrupted -> throw interrupted;
                case RuntimeException refused -> throw refused;
                default -> throw new IllegalStateException(e.getCause());
            }
        }
    }

    /** @throws IOException if it is not complete */
    private void goOn(Path part, CheckpointFile file) throws IOException, InterruptedException {
        long there = Files.exists(part) ? Files.size(part) : 0;
        if (there < file.bytes() || there == 0) {
            get(part, file, there);
        }
        if (Files.size(part) < file.bytes()) {
            throw new IOException("the answer broke off");
        }
    }

    private void get(Path part, CheckpointFile file, long from) throws IOException, InterruptedException {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(uri(file.path())).header("Authorization", "Bearer " + address.token());
        if (from > 0) {
            request.header("Range", "bytes=" + from + "-");
        }
        HttpResponse<InputStream> response = http.send(request.build(), BodyHandlers.ofInputStream());
        try (InputStream body = response.body()) {
            switch (response.statusCode()) {
                case OK -> write(body, part, StandardOpenOption.TRUNCATE_EXISTING);
                case PARTIAL -> write(body, part, StandardOpenOption.APPEND);
                case NOT_THERE -> Files.deleteIfExists(part);
                default -> {
                    String problem = new String(body.readNBytes(4096), StandardCharsets.UTF_8);
                    if (response.statusCode() >= 500) {
                        throw new IOException("status " + response.statusCode() + " " + problem);
                    }
                    throw new CommandException(
                            file.path() + " is refused with status " + response.statusCode() + ": " + problem);
                }
            }
        }
    }

    private static void write(InputStream body, Path part, StandardOpenOption how) throws IOException {
        try (OutputStream out = Files.newOutputStream(part, StandardOpenOption.CREATE, StandardOpenOption.WRITE, how)) {
            body.transferTo(out);
        }
    }

    private URI uri(String path) {
        return URI.create(address.url() + "/v1/runs/" + run + "/checkpoints/" + step + "/files/"
                + Arrays.stream(path.split("/"))
                        .map(segment -> UriUtils.encodePathSegment(segment, StandardCharsets.UTF_8))
                        .collect(Collectors.joining("/")));
    }

    private static boolean isWhole(Path path, CheckpointFile file) throws IOException {
        return Files.size(path) == file.bytes()
                && (file.sha256() == null || file.sha256().equals(Sha256.hex(path)));
    }

    private static String size(long bytes) {
        return bytes < 1_000_000
                ? String.format(Locale.ROOT, "%.1f kB", bytes / 1e3)
                : String.format(Locale.ROOT, "%.1f MB", bytes / 1e6);
    }

    @Override
    public void close() {
        http.close();
    }
}
