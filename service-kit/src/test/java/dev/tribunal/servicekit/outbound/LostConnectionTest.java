package dev.tribunal.servicekit.outbound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.tribunal.servicekit.testing.RawHttpServer;
import dev.tribunal.servicekit.testing.RawHttpServer.End;
import dev.tribunal.servicekit.testing.RawHttpServer.Manner;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Connections that servers end, on real sockets: what costs a request nothing, and what is a failure and which. */
class LostConnectionTest {

    private static final Duration LONG = Duration.ofSeconds(30);
    private static final String BODY = "{\"fine\":true}";

    private final GuardedHttp http = new GuardedHttp(new AddressGuard(java.util.List.of("127.0.0.1")), 1 << 20);

    @AfterEach
    void close() throws IOException {
        http.close();
    }

    static Stream<Arguments> idleness() {
        return Stream.of(0, 100, 500, 1_000, 1_900)
                .flatMap(ms -> Stream.of(End.values()).map(end -> Arguments.of(ms, end)));
    }

    @ParameterizedTest(name = "after {0} ms by {1}")
    @MethodSource("idleness")
    void aServerThatEndsIdleConnectionsLosesNothing(int ms, End end) throws Exception {
        try (RawHttpServer server = new RawHttpServer(new Manner.Idle(Duration.ofMillis(ms), end), request -> BODY)) {
            for (int i = 1; i <= 2; i++) {
                assertThat(ask(server)).isEqualTo(BODY);
                int connections = i;
                await(() -> server.ended() == connections);
            }
            assertThat(server.requests()).hasSize(2);
        }
    }

    /** Nobody can know before it is tried: the server goes away exactly when the second request comes. */
    @ParameterizedTest
    @EnumSource(End.class)
    void aRequestThatIsLostOnAUsedConnectionIsSentOnceMore(End end) throws Exception {
        try (RawHttpServer server = new RawHttpServer(new Manner.Unanswered(2, end), request -> BODY)) {
            for (int i = 0; i < 4; i++) {
                assertThat(ask(server)).isEqualTo(BODY);
            }
            assertThat(server.requests()).hasSize(7);
            assertThat(server.connections()).isEqualTo(4);
        }
    }

    @ParameterizedTest
    @EnumSource(End.class)
    void aNewConnectionThatIsLostIsAFailureThatPasses(End end) {
        try (RawHttpServer server = new RawHttpServer(new Manner.Unanswered(1, end), request -> BODY)) {
            CallFailure failure = failure(server);

            assertThat(failure.code()).isIn("unreachable", "connection_lost");
            assertThat(failure.retryable()).isTrue();
            assertThat(failure.sick()).isTrue();
            assertThat(server.requests()).as("not sent again").hasSize(1);
        }
    }

    /** What has begun is an answer: to send the request again is for who counts attempts. */
    static Stream<Arguments> broken() {
        return Stream.of(End.values())
                .flatMap(end -> Stream.of(1, 2)
                        .flatMap(request -> Stream.of(5, 30, -1, 80).map(bytes -> Arguments.of(request, bytes, end))));
    }

    @ParameterizedTest(name = "answer {0} after {1} bytes by {2}")
    @MethodSource("broken")
    void anAnswerThatBreaksOffIsAFailureThatPasses(int request, int bytes, End end) throws Exception {
        try (RawHttpServer server = new RawHttpServer(new Manner.Broken(request, bytes, end), asked -> BODY)) {
            for (int i = 1; i < request; i++) {
                assertThat(ask(server)).isEqualTo(BODY);
            }
            CallFailure failure = failure(server);

            assertThat(failure.code()).isIn("connection_lost", "unreachable");
            assertThat(failure.retryable()).isTrue();
            assertThat(server.requests()).as("not sent again").hasSize(request);
        }
    }

    @Test
    void anAnswerMayEndWithTheConnection() throws Exception {
        try (RawHttpServer server = new RawHttpServer(new Manner.Http10(), request -> BODY)) {
            for (int i = 0; i < 5; i++) {
                assertThat(ask(server)).isEqualTo(BODY);
            }
            assertThat(server.requests()).hasSize(5);
        }
    }

    /** A judge behind the same proxy as another one does not pay for the connections of that one. */
    @Test
    void connectionsApartAreNotShared() throws Exception {
        try (RawHttpServer server = new RawHttpServer(new Manner.Idle(LONG, End.CLOSE), request -> BODY)) {
            GuardedHttp own = http.apart();
            ask(http, server);
            ask(own, server);
            ask(http, server);
            ask(own, server);
            assertThat(server.connections()).isEqualTo(2);

            own.close();
            assertThat(ask(http, server)).isEqualTo(BODY);
            assertThat(server.connections()).isEqualTo(2);
        }
    }

    @Test
    void allConnectionsEndWithTheFirst() throws Exception {
        GuardedHttp own = http.apart();
        http.close();
        try (RawHttpServer server = new RawHttpServer(new Manner.Idle(LONG, End.CLOSE), request -> BODY)) {
            assertThat(catchThrowableOfType(RuntimeException.class, () -> ask(own, server)))
                    .isNotNull();
        }
    }

    private String ask(RawHttpServer server) throws CallFailure {
        return ask(http, server);
    }

    private static String ask(GuardedHttp http, RawHttpServer server) throws CallFailure {
        byte[] body = new JsonEndpoint(http, server.url(), null).post("/ask", "{}".getBytes(), Map.of(), LONG);
        return new String(body, StandardCharsets.UTF_8);
    }

    private CallFailure failure(RawHttpServer server) {
        CallFailure failure = catchThrowableOfType(CallFailure.class, () -> ask(server));
        assertThat(failure).isNotNull();
        return failure;
    }

    private static void await(BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + LONG.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("it must happen at last").isLessThan(end);
            Thread.sleep(5);
        }
    }
}
