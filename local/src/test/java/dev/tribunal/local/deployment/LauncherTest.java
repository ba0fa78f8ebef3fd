package dev.tribunal.local.deployment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The script {@code tribunal} as it is, with a JDK of which {@code java} is a script that notes how it was started. */
@Timeout(60)
class LauncherTest {

    @TempDir
    private Path project;

    private Path starts;

    @BeforeEach
    void copyTheScript() throws IOException {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/env")) && Files.isExecutable(Path.of("/bin/bash")));
        starts = project.resolve("starts");
        Files.copy(Path.of("..", "tribunal"), project.resolve("tribunal"));
        Files.createDirectories(project.resolve("local/target/lib"));
        Files.createFile(project.resolve("local/target/launcher.stamp"));
        Files.createDirectories(project.resolve("jdk/bin"));
        Files.writeString(project.resolve("jdk/release"), "JAVA_VERSION=\"25.0.1\"\n");
        script("jdk/bin/javac", "");
    }

    @Test
    void aPlatformThatRanOutOfMemoryIsStartedAgain() throws Exception {
        script("jdk/bin/java", "echo \"$@\" >> " + starts + "; [ $(wc -l < " + starts + ") -gt 1 ] || exit 3");
        Process launcher = launch("up", "--port", "0");
        assertThat(launcher.waitFor()).isZero();
        assertThat(Files.readAllLines(starts))
                .hasSize(2)
                .allSatisfy(arguments -> assertThat(arguments)
                        .contains("-XX:+ExitOnOutOfMemoryError")
                        .endsWith("TribunalCommand up --port 0"));
    }

    @Test
    void butNotForEver() throws Exception {
        script("jdk/bin/java", "echo \"$@\" >> " + starts + "; exit 3");
        Process launcher = launch("up");
        assertThat(new String(launcher.getErrorStream().readAllBytes())).contains("twice within a minute", "-Xmx4g");
        assertThat(launcher.waitFor()).isEqualTo(1);
        assertThat(Files.readAllLines(starts)).hasSize(2);
    }

    @Test
    void anotherEndIsTheEnd() throws Exception {
        script("jdk/bin/java", "echo \"$@\" >> " + starts + "; exit 3");
        assertThat(launch("run", "list").waitFor()).isEqualTo(3);
        assertThat(Files.readAllLines(starts)).hasSize(1);
        script("jdk/bin/java", "echo \"$@\" >> " + starts + "; exit 2");
        assertThat(launch("up", "--port", "nonsense").waitFor()).isEqualTo(2);
        assertThat(Files.readAllLines(starts)).hasSize(2);
    }

    /** They start on a tree that nobody has built. */
    @Test
    void ofTwoAtTheSameMomentOneBuildsAndTheOtherWaits() throws Exception {
        assumeTrue(new ProcessBuilder("sh", "-c", "command -v flock").start().waitFor() == 0);
        Path builds = project.resolve("builds");
        Path errors = Files.createFile(project.resolve("errors"));
        Files.delete(project.resolve("local/target/launcher.stamp"));
        Files.createDirectories(project.resolve("bin"));
        script(
                "bin/mvn",
                "echo build >> " + builds + "; until grep -q 'waiting for it' " + errors + "; do sleep 0.05; done");
        script("jdk/bin/java", "echo \"$@\" >> " + starts);
        Process one = launching("run", "list")
                .redirectError(Redirect.appendTo(errors.toFile()))
                .start();
        Process other = launching("run", "list")
                .redirectError(Redirect.appendTo(errors.toFile()))
                .start();
        assertThat(one.waitFor()).isZero();
        assertThat(other.waitFor()).isZero();
        assertThat(Files.readAllLines(builds)).hasSize(1);
        assertThat(Files.readAllLines(starts)).hasSize(2);
        assertThat(Files.readString(errors)).doesNotContain("mv:");
    }

    @Test
    void whatMakesTheEmbeddedCheckpointsIsAnotherModulesMain() throws Exception {
        Path jar = project.resolve("embedded-checkpoints/target/embedded-checkpoints-1.jar");
        Files.createDirectories(jar.getParent());
        Files.createFile(jar);
        script("jdk/bin/java", "echo \"$@\" >> " + starts);
        assertThat(launch("embedded", "rebuild", "--out", "here").waitFor()).isZero();
        assertThat(Files.readAllLines(starts))
                .singleElement(STRING)
                .contains(jar + ":" + project.resolve("local/target/lib") + "/* ")
                .endsWith("dev.tribunal.embedded.EmbeddedCommand rebuild --out here");
    }

    @Test
    void aSignalReachesThePlatformWhichEndsAsItLikes() throws Exception {
        script(
                "jdk/bin/java",
                "trap 'echo ended >> " + starts + "; exit 143' TERM; echo started >> " + starts
                        + "; while :; do sleep 0.1; done");
        Process launcher = launch("up");
        while (!Files.exists(starts) || Files.size(starts) == 0) {
            assertThat(launcher.waitFor(20, TimeUnit.MILLISECONDS)).isFalse();
        }
        launcher.destroy();
        assertThat(launcher.waitFor()).isEqualTo(143);
        assertThat(Files.readAllLines(starts)).containsExactly("started", "ended");
    }

    @Test
    void killedItTakesThePlatformAlong() throws Exception {
        assumeTrue(new ProcessBuilder("sh", "-c", "setpriv --pdeathsig KILL true 2>&1")
                        .start()
                        .waitFor()
                == 0);
        script("jdk/bin/java", "echo $$ >> " + starts + "; while :; do sleep 0.1; done");
        Process launcher = launch("up");
        while (!Files.exists(starts) || Files.size(starts) == 0) {
            assertThat(launcher.waitFor(20, TimeUnit.MILLISECONDS)).isFalse();
        }
        ProcessHandle platform = ProcessHandle.of(
                        Long.parseLong(Files.readString(starts).strip()))
                .orElseThrow();
        launcher.destroyForcibly();
        platform.onExit().get(20, TimeUnit.SECONDS);
    }

    private Process launch(String... arguments) throws IOException {
        return launching(arguments).start();
    }

    private ProcessBuilder launching(String... arguments) {
        ProcessBuilder builder = new ProcessBuilder(project.resolve("tribunal").toString());
        builder.command().addAll(List.of(arguments));
        builder.environment().put("JAVA_HOME", project.resolve("jdk").toString());
        builder.redirectOutput(project.resolve("output").toFile());
        builder.environment().merge("PATH", project.resolve("bin").toString(), (path, first) -> first + ":" + path);
        return builder;
    }

    private void script(String name, String body) throws IOException {
        Path file = Files.writeString(project.resolve(name), "#!/bin/bash\n" + body + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
}
