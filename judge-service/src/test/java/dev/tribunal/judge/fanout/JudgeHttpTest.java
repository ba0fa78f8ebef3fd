package dev.tribunal.judge.fanout;

import static dev.tribunal.judge.fanout.ScriptedJudge.json;
import static dev.tribunal.judge.fanout.ScriptedJudge.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tribunal.judge.fanout.ScriptedJudge.Script;
import dev.tribunal.servicekit.outbound.AddressGuard;
import dev.tribunal.servicekit.outbound.AddressGuard.RefusedAddress;
import dev.tribunal.servicekit.outbound.GuardedHttp;
import dev.tribunal.servicekit.outbound.GuardedHttp.Answer;
import dev.tribunal.servicekit.outbound.GuardedHttp.TooLarge;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.core5.http.HttpException;
import org.junit.jupiter.api.Test;

/** What keeps other systems' servers from doing harm, on real sockets. */
class JudgeHttpTest {

    private static final int LIMIT = 1000;
    private static final String SECRET = "open-sesame-and-no-other-word";

    @Test
    void aRedirectIsNotFollowed() throws IOException {
        try (ScriptedJudge elsewhere = new ScriptedJudge((request, out) -> json(out, "{}"))) {
            Script redirect = (request, out) ->
                    write(out, "302 Found", "Location: " + elsewhere.url() + "/latest/meta-data\r\n", "");
            try (ScriptedJudge judge = new ScriptedJudge(redirect);
                    GuardedHttp http = http()) {
                assertThat(get(http, judge.url()).status()).isEqualTo(302);
            }
            assertThat(elsewhere.requests()).isEmpty();
        }
    }

    @Test
    void anAddressIsCheckedWhenItIsConnectedToHoweverItIsWritten() throws IOException {
        try (GuardedHttp http =
                new GuardedHttp(new AddressGuard(List.of("169.254.169.254", "2852039166", "127.0.0.2")), LIMIT)) {
            for (String host : List.of("169.254.169.254", "2852039166", "127.0.0.2", "[::ffff:169.254.169.254]")) {
                assertThatThrownBy(() -> get(http, "http://" + host + ":1")).isInstanceOf(RefusedAddress.class);
            }
        }
    }

    @Test
    void theNameIsResolvedOnceForAllConnections() throws IOException {
        AtomicInteger asked = new AtomicInteger();
        AddressGuard guard = new AddressGuard(List.of("localhost"), "allowed-hosts", host -> {
            asked.incrementAndGet();
            return new InetAddress[] {InetAddress.ofLiteral("127.0.0.1")};
        });
        Script once = (request, out) -> write(out, "200 OK", "Connection: close\r\n", "{}");
        try (ScriptedJudge judge = new ScriptedJudge(once);
                GuardedHttp http = new GuardedHttp(guard, LIMIT)) {
            String url = judge.url().replace("127.0.0.1", "localhost");
            get(http, url);
            get(http, url);
            assertThat(asked).hasValue(1);
        }
        try (GuardedHttp http = new GuardedHttp(guard, LIMIT)) {
            assertThatThrownBy(() -> get(http, "http://localhost:1")).isInstanceOf(IOException.class);
            assertThatThrownBy(() -> get(http, "http://localhost:1")).isInstanceOf(IOException.class);
            assertThat(asked).as("nobody answered").hasValue(2);
        }
    }

    @Test
    void aLongAnswerIsCutOffUnread() throws IOException, InterruptedException {
        CountDownLatch cutOff = new CountDownLatch(1);
        Script endless = (request, out) -> {
            out.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            try {
                while (true) {
                    out.write(("400\r\n" + "x".repeat(1024) + "\r\n").getBytes(StandardCharsets.US_ASCII));
                    out.flush();
                }
            } catch (IOException gone) {
                cutOff.countDown();
            }
        };
        try (ScriptedJudge judge = new ScriptedJudge(endless);
                GuardedHttp http = http()) {
            assertThatThrownBy(() -> get(http, judge.url())).isInstanceOf(TooLarge.class);
            assertThat(cutOff.await(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void headersEndSomewhere() throws IOException {
        Script endless = (request, out) -> {
            out.write("HTTP/1.1 200 OK\r\n".getBytes(StandardCharsets.US_ASCII));
            for (int i = 0; i < 100_000; i++) {
                out.write(("X-" + i + ": " + "y".repeat(100) + "\r\n").getBytes(StandardCharsets.US_ASCII));
            }
        };
        try (ScriptedJudge judge = new ScriptedJudge(endless);
                GuardedHttp http = http()) {
            assertThatThrownBy(() -> get(http, judge.url()))
                    .satisfiesAnyOf(
                            problem -> assertThat(problem).isInstanceOf(IOException.class),
                            problem -> assertThat(problem).isInstanceOf(HttpException.class))
                    .hasMessageContaining("header");
        }
    }

    @Test
    void aSecretThatTheJudgeRepeatsIsMasked() throws IOException {
        Script echo = (request, out) -> json(out, "{\"reason\":\"you sent " + request.header("Authorization") + "\"}");
        try (ScriptedJudge judge = new ScriptedJudge(echo);
                GuardedHttp http = http()) {
            HttpGet request = new HttpGet(judge.url());
            request.setHeader("Authorization", "Bearer " + SECRET);
            Answer answer = http.exchange(request, Duration.ofSeconds(10));

            assertThat(new String(answer.body(), StandardCharsets.UTF_8))
                    .isEqualTo("{\"reason\":\"you sent Bearer " + "*".repeat(SECRET.length()) + "\"}");
        }
    }

    private static GuardedHttp http() {
        return new GuardedHttp(new AddressGuard(List.of("127.0.0.1")), LIMIT);
    }

    private static Answer get(GuardedHttp http, String url) throws IOException {
        return http.exchange(new HttpGet(url), Duration.ofSeconds(10));
    }
}
