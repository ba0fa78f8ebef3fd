package dev.tribunal.judge.rules.code;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class SandboxTest {

    private static final Path TEMPORARY = Path.of(System.getProperty("java.io.tmpdir"));

    @Test
    void theFolderOfAProcessThatWasKilledIsDeletedAndItsOwnLastsAsLongAsItDoes() throws Exception {
        assumeTrue(Commands.find("bwrap").isPresent(), "bubblewrap is not installed");
        Path leftOver = Files.createDirectory(TEMPORARY.resolve(".tribunal-code-00000000deadbeef"));
        Files.writeString(leftOver.resolve("system-calls.bpf"), "of a process that is gone");

        Path own;
        try (Sandbox sandbox = new Sandbox("bwrap")) {
            own = sandbox.runners().getParent();
            assertThat(leftOver).doesNotExist();
            assertThat(own).isDirectory();
        }

        assertThat(own).doesNotExist();
    }
}
