package dev.tribunal.local.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HomeTest {

    @TempDir
    private Path folder;

    @Test
    void isForOnePlatformAtATime() {
        try (Home home = Home.open(folder.resolve("home"))) {
            new Address("http://127.0.0.1:8080", "secret").publish(home.folder());

            assertThatThrownBy(() -> Home.open(home.folder()))
                    .isInstanceOf(PlatformException.class)
                    .hasMessageContaining("in use by a running platform at http://127.0.0.1:8080")
                    .hasMessageContaining("--home");
        }
        Home.open(folder.resolve("home")).close();
    }

    @Test
    void keepsItsSecretsForItsOwnerAlone() throws IOException {
        String token;
        try (Home home = Home.open(folder)) {
            token = home.secret("token");
        }
        try (Home home = Home.open(folder)) {
            assertThat(home.secret("token")).isEqualTo(token).hasSize(48);
            assertThat(home.secret("other")).isNotEqualTo(token);
        }
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("token"))))
                .isEqualTo("rw-------");
    }

    @Test
    void forgetsTheAddressOfAKilledPlatform() {
        new Address("http://127.0.0.1:8080", "secret").publish(folder);
        assertThat(Address.find(folder)).contains(new Address("http://127.0.0.1:8080", "secret"));

        Home.open(folder).close();

        assertThat(Address.find(folder)).isEmpty();
    }

    @Test
    void neverPrintsTheToken() {
        assertThat(new Address("http://127.0.0.1:8080", "secret").toString()).doesNotContain("secret");
    }

    @Test
    void mustBeAFolder() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "");

        assertThatThrownBy(() -> Home.open(file))
                .isInstanceOf(PlatformException.class)
                .hasMessageContaining("is a file");
    }

    @Test
    void aPortInUseIsNamed() throws IOException {
        try (Home home = Home.open(folder);
                ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThatThrownBy(() -> Platform.complete(home, taken.getLocalPort()))
                    .isInstanceOf(PlatformException.class)
                    .hasMessage("port " + taken.getLocalPort() + " is in use; choose another one with --port");
        }
    }
}
