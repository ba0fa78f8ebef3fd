package dev.tribunal.judge.rules.code;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Trusted commands of this machine. */
final class Commands {

    private static final long SECONDS = 20;

    private Commands() {}

    /** @param command a path, or a name that is looked up in PATH and where systems keep their commands */
    static Optional<Path> find(String command) {
        if (command.contains("/")) {
            return Optional.of(Path.of(command).toAbsolutePath()).filter(Files::isExecutable);
        }
        String path = System.getenv().getOrDefault("PATH", "");
        return Stream.of((path + ":/usr/bin:/bin").split(":"))
                .filter(folder -> !folder.isBlank())
                .map(folder -> Path.of(folder, command).toAbsolutePath())
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** @return its lines, without errors */
    static List<String> output(List<String> command) throws SandboxException {
        try {
            Process process = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            process.getOutputStream().close();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
                process.destroyForcibly();
                throw new SandboxException("'" + command.getFirst() + "' fails");
            }
            return said.lines().toList();
        } catch (IOException e) {
            throw new SandboxException("'" + command.getFirst() + "' cannot be run: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SandboxException("interrupted");
        }
    }
}
