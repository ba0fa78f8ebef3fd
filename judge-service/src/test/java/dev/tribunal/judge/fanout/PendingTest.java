package dev.tribunal.judge.fanout;

import static dev.tribunal.judge.fanout.ScriptedJudge.satisfied;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tribunal.contracts.judge.v1.JudgementRequest;
import dev.tribunal.contracts.judge.v1.PendingJudgement;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Whom a run waits for is known by name while it waits. */
class PendingTest {

    @Test
    void namesTheJudgeThatDoesNotAnswer() throws IOException, InterruptedException {
        try (Panel panel = Panel.withoutCache();
                ScriptedJudge quick = new ScriptedJudge(satisfied());
                ServerSocket silent =
                        new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) { // takes, never answers
            panel.connect("quick", quick.url(), Duration.ofSeconds(20));
            panel.connect("hangs", "http://127.0.0.1:" + silent.getLocalPort(), Duration.ofMinutes(5));
            Thread asking = Thread.ofVirtual()
                    .start(() -> panel.ask(new JudgementRequest(
                            "run_1.7.math.p1",
                            Panel.context("run_1", 7),
                            Panel.references("quick", "hangs"),
                            Panel.items(3),
                            null,
                            3000L)));

            await().until(() -> panel.pending("run_1").size() == 1);
            PendingJudgement pending = panel.pending("run_1").getFirst();
            assertThat(pending.judge() + "@" + pending.version()).isEqualTo("hangs@1");
            assertThat(pending.items()).isEqualTo(3);
            assertThat(pending.requestId()).isEqualTo("run_1.7.math.p1");
            assertThat(panel.pending("run_2")).isEmpty();
            asking.join();
            assertThat(panel.pending("run_1")).isEmpty();
        }
    }
}
