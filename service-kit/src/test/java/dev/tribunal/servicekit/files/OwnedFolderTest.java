package dev.tribunal.servicekit.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OwnedFolderTest {

    @TempDir
    private Path parent;

    @Test
    void whatAKilledProcessLeftIsDeletedAndWhatALivingOneUsesIsNot() throws Exception {
        Process owner = owner();
        try (BufferedReader told = owner.inputReader();
                OwnedFolder mine = OwnedFolder.create(parent, "mine")) {
            Path theirs = Path.of(told.readLine());
            Files.writeString(theirs.resolve("half.safetensors"), "half");

            assertThat(OwnedFolder.sweep(parent)).isEmpty();
            assertThat(theirs.resolve("half.safetensors")).exists();
            assertThat(mine.path()).exists();

            owner.destroyForcibly().waitFor();

            assertThat(OwnedFolder.sweep(parent)).containsExactly(theirs);
            assertThat(names())
                    .containsExactlyInAnyOrder(
                            mine.path().getFileName().toString(), mine.path().getFileName() + ".lock");
        } finally {
            owner.destroyForcibly();
        }
        assertThat(names()).isEmpty();
    }

    /** A sweep in the owner's own process must not give the lock back that keeps other processes away. */
    @Test
    void aSweepLeavesTheLockOfItsOwnProcess() throws Exception {
        try (OwnedFolder mine = OwnedFolder.create(parent, "mine")) {
            OwnedFolder.sweep(parent);

            Process other = java("sweep");

            assertThat(other.waitFor()).isZero();
            assertThat(mine.path()).isDirectory();
        }
    }

    @Test
    void aLockWithoutItsFolderAndAFolderWithoutItsLockAreLeftOver() throws IOException {
        Files.createFile(parent.resolve(".tribunal-step-000012-00000000000000aa.lock"));
        Path folder = Files.createDirectory(parent.resolve(".tribunal-step-000013-00000000000000bb"));
        Files.writeString(folder.resolve("model.safetensors"), "half");

        assertThat(OwnedFolder.sweep(parent)).containsExactly(folder);

        assertThat(names()).isEmpty();
    }

    @Test
    void nothingElseIsTouchedAndLinksAreNotFollowed() throws IOException {
        Path precious = Files.createDirectory(parent.resolve("precious"));
        Files.writeString(precious.resolve("model.safetensors"), "whole");
        Files.createDirectory(parent.resolve(".tribunal"));
        Files.createDirectory(parent.resolve(".tribunal-notes"));
        Files.createSymbolicLink(parent.resolve(".tribunal-x-00000000000000cc"), precious);
        Path dead = Files.createDirectory(parent.resolve(".tribunal-x-00000000000000dd"));
        Files.createSymbolicLink(dead.resolve("link"), precious);

        assertThat(OwnedFolder.sweep(parent)).containsExactly(dead);

        assertThat(precious.resolve("model.safetensors")).hasContent("whole");
        assertThat(names()).contains("precious", ".tribunal", ".tribunal-notes", ".tribunal-x-00000000000000cc");
    }

    @Test
    void aPurposeIsSweptByItself() throws IOException {
        Path code = Files.createDirectory(parent.resolve(".tribunal-code-00000000000000aa"));
        Path judges = Files.createDirectory(parent.resolve(".tribunal-judges-00000000000000bb"));
        List<Path> told = new ArrayList<>();

        assertThat(OwnedFolder.sweep(parent, "judges", told::add)).containsExactly(judges);

        assertThat(told).containsExactly(judges);
        assertThat(code).exists();
        assertThat(OwnedFolder.sweep(parent.resolve("absent"))).isEmpty();
    }

    @Test
    void whatIsPublishedIsWhereItBelongsAndNothingElseStays() throws IOException {
        Path target = parent.resolve("step-000120");
        try (OwnedFolder owned = OwnedFolder.create(parent, "step-000120")) {
            Path content = Files.createDirectory(owned.path().resolve("content"));
            Files.writeString(content.resolve("model.safetensors"), "whole");
            owned.publish(content, target);
        }

        assertThat(names()).containsExactly("step-000120");
        assertThat(target.resolve("model.safetensors")).hasContent("whole");
    }

    private Process owner() throws IOException {
        return java("own");
    }

    private Process java(String mode) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Other.class.getName(),
                        mode,
                        parent.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(parent)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }

    /** Another process on the same folder. */
    static final class Other {

        private Other() {}

        public static void main(String[] arguments) throws Exception {
            Path parent = Path.of(arguments[1]);
            if (arguments[0].equals("sweep")) {
                OwnedFolder.sweep(parent);
            } else {
                System.out.println(OwnedFolder.create(parent, "theirs").path());
                System.in.read(); // until it is killed
            }
        }
    }
}
