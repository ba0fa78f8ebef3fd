package dev.tribunal.local.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tribunal.contracts.common.Page;
import dev.tribunal.contracts.runs.v1.run.RunResource;
import dev.tribunal.contracts.runs.v1.run.RunState;
import dev.tribunal.contracts.runs.v1.run.RunsApi;
import dev.tribunal.servicekit.error.UpstreamException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.http.HttpStatus;

class RunWatcherTest {

    @Test
    void aMomentWithoutADatabaseEndsNoWatching() throws InterruptedException {
        RunResource run = watch(HttpStatus.SERVICE_UNAVAILABLE, HttpStatus.SERVICE_UNAVAILABLE);

        assertThat(run.state()).isEqualTo(RunState.SUCCEEDED);
    }

    @Test
    void aRefusalEndsIt() {
        assertThatThrownBy(() -> watch(HttpStatus.NOT_FOUND)).isInstanceOf(UpstreamException.class);
    }

    /** A run that has ended, of which the platform tells after some errors. */
    private static RunResource watch(HttpStatus... errors) throws InterruptedException {
        Deque<HttpStatus> left = new ArrayDeque<>(List.of(errors));
        RunsApi runs = (RunsApi) Proxy.newProxyInstance(
                RunsApi.class.getClassLoader(), new Class<?>[] {RunsApi.class}, (proxy, method, arguments) -> {
                    if (!left.isEmpty()) {
                        throw new UpstreamException(left.remove(), "code", "words", List.of());
                    }
                    return method.getName().equals("get")
                            ? ProgressTest.run(30, RunState.SUCCEEDED, "")
                            : Page.of(List.of());
                });
        return new RunWatcher(
                        runs, new PlainView(new PrintStream(OutputStream.nullOutputStream())), Duration.ofMillis(1))
                .watch("run_1");
    }
}
