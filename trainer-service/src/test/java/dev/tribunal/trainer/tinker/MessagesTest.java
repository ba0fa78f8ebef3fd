package dev.tribunal.trainer.tinker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tribunal.trainer.tinker.Messages.Datum;
import dev.tribunal.trainer.tinker.Messages.Outputs;
import dev.tribunal.trainer.tinker.Messages.Sampled;
import java.io.IOException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Bytes that the generated module of the {@code tinker} package 0.25.0 wrote of the same messages. */
class MessagesTest {

    private static final String REQUEST =
            "0a076d6f64656c5f3110071a640a100a0e0a0c01000000020000002c01000012300a0d7461726765745f"
                    + "746f6b656e73121f0a1802000000000000002c0100000000000004000000000000001802220103121e0a077765696768747312130a0c0000"
                    + "00000000003f000080bf1801220103220d63726f73735f656e74726f70793001";
    private static final String OUTPUT =
            "0a067363616c6172123a12360a086c6f6770726f6273122a0a0c000080bf000000bf000000c012180000"
                    + "00000000000008000000000000000c00000000000000180118021a130a086c6f73733a73756d11000000000000f83f";
    private static final String SAMPLES =
            "0a160801120805000000580200001a08000080be0000c0bf0a0c1204010000001a04000040c02003";

    @Test
    void aRequestIsWrittenAsTheSdkWritesIt() {
        Datum datum = new Datum(
                new int[] {1, 2, 300}, new int[] {2, 300, 4}, new TreeMap<>(Map.of("weights", new float[] {0, 0.5f, -1
                })));

        byte[] written = Messages.forwardBackward("model_1", 7, List.of(datum), "cross_entropy", true);

        assertThat(HexFormat.of().formatHex(written)).isEqualTo(REQUEST);
    }

    @Test
    void logProbsAndMetricsAreRead() throws IOException {
        Outputs outputs = Messages.outputs(HexFormat.of().parseHex(OUTPUT));

        assertThat(outputs.logProbs()).containsExactly(new float[] {-1, -0.5f}, new float[] {-2});
        assertThat(outputs.metrics()).containsExactly(Map.entry("loss:sum", 1.5));
    }

    @Test
    void samplesAreRead() throws IOException {
        List<Sampled> samples = Messages.sampled(HexFormat.of().parseHex(SAMPLES));

        assertThat(samples).hasSize(2);
        assertThat(samples.getFirst().stopped()).isFalse();
        assertThat(samples.getFirst().tokens()).containsExactly(5, 600);
        assertThat(samples.getFirst().logProbs()).containsExactly(-0.25f, -1.5f);
        assertThat(samples.getLast().stopped()).isTrue();
        assertThat(samples.getLast().tokens()).containsExactly(1);
    }

    @Test
    void whatIsNoMessageIsAnIoException() {
        byte[] half = HexFormat.of().parseHex(OUTPUT.substring(0, 40));

        assertThatThrownBy(() -> Messages.outputs(half)).isInstanceOf(IOException.class);
    }
}
