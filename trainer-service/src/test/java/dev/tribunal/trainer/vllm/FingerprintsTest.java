package dev.tribunal.trainer.vllm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class FingerprintsTest {

    private final Fingerprints fingerprints = new Fingerprints(0.05);

    private static List<float[]> of(float... values) {
        return List.of(values);
    }

    @Test
    void theDifferenceIsAMeanOverTokens() {
        assertThat(fingerprints
                        .check(of(-1, -2, -3, -4), of(-1.01f, -1.99f, -3.02f, -4))
                        .difference())
                .isCloseTo(0.01, within(1e-6));
        assertThat(fingerprints.check(of(-1, -2), of(-1.1f, -2.1f)).problem())
                .contains("0.100 nats a token, more than the tolerance 0.0500");
    }

    @Test
    void anAnswerThatStaysWhileTheTrainerMovesIsOfAnEarlierAdapter() {
        assertThat(fingerprints.check(of(-1, -2), of(-1.01f, -2.01f)).problem()).isNull();
        assertThat(fingerprints.check(of(-1.004f, -2), of(-1.013f, -2.01f)).problem())
                .as("it has moved along")
                .isNull();

        assertThat(fingerprints.check(of(-1.008f, -2), of(-1.013f, -2.01f)).problem())
                .contains("to the last digit", "moved by 0.00200");
    }

    /** Steps too small to be seen in the server's precision add up until they can be. */
    @Test
    void smallStepsAreNotTakenForAStaleAdapterBeforeTheyAddUp() {
        for (int step = 0; step < 10; step++) {
            assertThat(fingerprints.check(of(-1 - step * 1e-4f), of(-1)).problem())
                    .as("step %d", step)
                    .isNull();
        }
        assertThat(fingerprints.check(of(-1.002f), of(-1)).problem()).isNotNull();
    }
}
