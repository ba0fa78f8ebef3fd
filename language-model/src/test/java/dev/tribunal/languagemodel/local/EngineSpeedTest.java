package dev.tribunal.languagemodel.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tribunal.languagemodel.LanguageModel;
import dev.tribunal.languagemodel.Precision;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EngineSpeedTest {

    @TempDir
    private Path parent;

    @Test
    void bf16IsWorthwhileWhereTheProcessorHasInstructionsForIt() {
        assumeTrue(Processor.isX86Linux(), "of other machines these tests do not know what the processor can do");
        assertThat(EngineSpeed.isWorthwhile(Precision.BF16))
                .as("bf16 takes %s times as long as fp32", EngineSpeed.slowdown(Precision.BF16))
                .isEqualTo(Processor.hasBf16Instructions());
        assertThat(EngineSpeed.isWorthwhile(Precision.FP32)).isTrue();
    }

    @Test
    void aModelThatHasNotComputedYetIsMeasuredToo() {
        try (LanguageModel model = new LocalEngine().load(TinyCheckpoint.in(parent, true))) {
            assertThat(EngineSpeed.productGigaflops(model)).isPositive();
        }
    }
}
