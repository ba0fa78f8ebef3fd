package dev.tribunal.judge.fanout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tribunal.judge.fanout.AddressGuard.RefusedAddress;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressGuardTest {

    private final AddressGuard guard = new AddressGuard(List.of("localhost", "[::1]", "*.svc", "169.254.169.254"));

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://localhost:8090",
                "https://LOCALHOST",
                "http://[::1]:8090/base",
                "http://math.judges.svc:8080/"
            })
    void hostsOfTheListAreAllowed(String url) {
        assertThat(guard.objection(url)).isNull();
    }

    @ParameterizedTest
    @CsvSource({
        "ftp://localhost, http",
        "file:///etc/passwd, http",
        "http://user:word@localhost, secretRef",
        "http://localhost?x=1, query",
        "http://localhost#x, fragment",
        "http://example.org, allowed-hosts",
        "http://evil-localhost, allowed-hosts",
        "http://svc, allowed-hosts",
        "http://2130706433, allowed-hosts",
        "http://, URL",
        "not a url, URL"
    })
    void whatIsWrongWithAUrlIsSaid(String url, String word) {
        assertThat(guard.objection(url)).contains(word);
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = " ")
    void aMissingUrlIsSaidToBeMissing(String url) {
        assertThat(guard.objection(url)).contains("missing");
    }

    @Test
    void addressesAreCheckedWhenConnecting() throws Exception {
        assertThat(guard.resolve("localhost")).isNotEmpty();
        assertThat(guard.resolve("::1")).isNotEmpty();
        // Even if somebody put it on the list.
        assertThatThrownBy(() -> guard.resolve("169.254.169.254")).isInstanceOf(RefusedAddress.class);
        assertThatThrownBy(() -> guard.resolve("example.org")).isInstanceOf(RefusedAddress.class);
    }

    @Test
    void aListedNameThatResolvesToThisMachineIsRefused() {
        AddressGuard numbers = new AddressGuard(List.of("127.0.0.2"));

        assertThatThrownBy(() -> numbers.resolve("127.0.0.2")).isInstanceOf(RefusedAddress.class);
    }
}
