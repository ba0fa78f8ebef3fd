package dev.tribunal.servicekit.outbound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tribunal.servicekit.outbound.AddressGuard.RefusedAddress;
import java.net.InetAddress;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
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
        // even if it is on the list.
        assertThatThrownBy(() -> guard.resolve("169.254.169.254")).isInstanceOf(RefusedAddress.class);
        assertThatThrownBy(() -> guard.resolve("example.org")).isInstanceOf(RefusedAddress.class);
    }

    @Test
    void aListedNameThatResolvesToThisMachineIsRefused() {
        AddressGuard numbers = new AddressGuard(List.of("127.0.0.2"));

        assertThatThrownBy(() -> numbers.resolve("127.0.0.2")).isInstanceOf(RefusedAddress.class);
    }

    /** Every spelling of 169.254.169.254 and its like, even if it is on the list. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "169.254.169.254",
                "2852039166",
                "0xa9fea9fe",
                "0xa9.0xfe.0xa9.0xfe",
                "0251.0376.0251.0376",
                "169.16689662",
                "[::ffff:169.254.169.254]",
                "[::ffff:a9fe:a9fe]",
                "[::169.254.169.254]",
                "[64:ff9b::169.254.169.254]",
                "[64:ff9b::a9fe:a9fe]",
                "[64:ff9b:1::a9fe:a9fe]",
                "[64:ff9b::7f00:1]",
                "[2002:a9fe:a9fe::1]",
                "[2001:0:a9fe:a9fe::1]",
                "[fd00:ec2::254]",
                "[fd00:0ec2:0:0:0:0:0:0254]",
                "[fd20:ce::254]",
                "[fe80::1]",
                "[fe80::1%25eth0]",
                "[::]",
                "[ff02::1]",
                "100.100.100.200",
                "168.63.129.16",
                "0.0.0.0",
                "0.1.2.3",
                "224.0.0.1",
                "255.255.255.255",
                "0",
                "0x7f.1",
                "127.1",
                "0177.0.0.1"
            })
    void noSpellingOfAForbiddenAddressGetsBy(String host) {
        AddressGuard listed = new AddressGuard(List.of(host));

        assertThat(listed.objection("http://" + host + "/latest/meta-data/"))
                .containsAnyOf("names the host '", "names no host");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "10.1.2.3",
                "192.168.0.7",
                "93.184.215.14",
                "[2606:4700::1111]",
                "[64:ff9b::5db8:d70e]",
                "[fd12::7]"
            })
    void otherAddressesMayBeListed(String host) {
        assertThat(new AddressGuard(List.of(host)).objection("http://" + host + ":8080"))
                .isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"169.254.169.254", "fd00:ec2::254", "::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe", "127.0.0.1"})
    void whatANameResolvesToIsCheckedBeforeItIsConnectedTo(String address) {
        AddressGuard guarded =
                new AddressGuard(List.of("*.example"), "allowed-hosts", host -> addresses("10.0.0.1", address));

        assertThatThrownBy(() -> guarded.resolve("judge.example"))
                .isInstanceOf(RefusedAddress.class)
                .hasMessageContaining("judge.example");
    }

    @Test
    void aNameIsResolvedOnceUntilItsAddressesDoNotAnswer() throws Exception {
        Deque<String> answers = new ArrayDeque<>(List.of("10.0.0.1", "10.0.0.2"));
        AddressGuard guarded = new AddressGuard(List.of("*.svc"), "allowed-hosts", host -> addresses(answers.pop()));

        assertThat(guarded.resolve("math.judges.svc")).containsExactly(InetAddress.ofLiteral("10.0.0.1"));
        assertThat(guarded.resolve("math.judges.svc")).containsExactly(InetAddress.ofLiteral("10.0.0.1"));

        guarded.noAnswer("math.judges.svc");
        assertThat(guarded.resolve("math.judges.svc")).containsExactly(InetAddress.ofLiteral("10.0.0.2"));
    }

    @Test
    void aNameThatWasOutsideDoesNotComeBackInside() throws Exception {
        Deque<String> answers = new ArrayDeque<>(List.of("93.184.215.14", "192.168.0.1", "93.184.215.15"));
        AddressGuard guarded =
                new AddressGuard(List.of("*.example"), "allowed-hosts", host -> addresses(answers.pop()));
        guarded.resolve("judge.example");
        guarded.noAnswer("judge.example");

        assertThatThrownBy(() -> guarded.resolve("judge.example"))
                .isInstanceOf(RefusedAddress.class)
                .hasMessageContaining("outside before");
        assertThat(guarded.resolve("judge.example")).containsExactly(InetAddress.ofLiteral("93.184.215.15"));
    }

    private static InetAddress[] addresses(String... literals) {
        return Arrays.stream(literals).map(InetAddress::ofLiteral).toArray(InetAddress[]::new);
    }
}
