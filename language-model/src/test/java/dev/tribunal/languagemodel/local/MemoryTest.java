package dev.tribunal.languagemodel.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.BaseNDManager;
import ai.djl.ndarray.NDManager;
import dev.tribunal.languagemodel.AdamW;
import dev.tribunal.languagemodel.LanguageModel;
import dev.tribunal.languagemodel.OutOfNativeMemoryException;
import dev.tribunal.languagemodel.TokenSequence;
import dev.tribunal.languagemodel.TokenSlopes;
import dev.tribunal.languagemodel.Wanted;
import dev.tribunal.languagemodel.decoder.Decoder;
import dev.tribunal.languagemodel.decoder.Scope;
import dev.tribunal.languagemodel.sampling.SamplingOptions;
import dev.tribunal.languagemodel.sampling.SamplingRequest;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MemoryTest {

    private static final int STEPS = Integer.getInteger("tribunal.test.steps", 250);
    private static final int WARM_UP = 100;
    /** One step keeps some 4 MiB for its backward pass; the Java heap may grow a little meanwhile. */
    private static final long MOST_GROWTH = 40L << 20;

    private static final List<TokenSequence> SEQUENCES =
            Collections.nCopies(16, new TokenSequence(IntStream.range(4, 68).toArray(), ids(60)));
    private static final List<double[]> WEIGHTS =
            Collections.nCopies(16, IntStream.range(0, 60).asDoubleStream().toArray());

    @TempDir
    private Path directory;

    private LocalLanguageModel model;

    @BeforeEach
    void load() {
        model = (LocalLanguageModel) new LocalEngine().load(TinyCheckpoint.in(directory, true));
    }

    @AfterEach
    void close() {
        model.close();
    }

    @Test
    void stepsGiveBackAllTheirMemory() throws Exception {
        Path status = Path.of("/proc/self/status");
        Assumptions.assumeTrue(Files.exists(status));
        long resident = 0;
        int held = 0;
        for (int step = 1; step <= STEPS; step++) {
            step();
            if (step == WARM_UP) {
                resident = resident(status);
                held = nativeValues();
            }
        }
        long growth = resident(status) - resident;
        if (Boolean.getBoolean("tribunal.test.show")) {
            System.out.printf(
                    "resident %d MiB at step %d, %+d KiB at %d%n", resident >> 20, WARM_UP, growth >> 10, STEPS);
        }
        assertThat(nativeValues()).isEqualTo(held);
        assertThat(growth).isLessThan(MOST_GROWTH);
    }

    @Test
    void whatTheMachineCannotHoldIsRefusedWithAdvice() {
        List<float[]> before = model.logProbs(SEQUENCES);
        assertThatThrownBy(() -> model.local().run(() -> {
                    try (Scope scope = model.local().decoder().newScope()) {
                        scope.call("open_cache", scope.number(1L << 36), scope.number(1L << 10)); // petabytes
                    }
                }))
                .isInstanceOf(OutOfNativeMemoryException.class)
                .hasMessageContaining("micro-batches")
                .hasMessageContaining("activationCheckpointing")
                .hasMessageContaining("bytes");
        requireWorks(before);
    }

    @Test
    void aShapeThatDoesNotFitIsAnException() {
        List<float[]> before = model.logProbs(SEQUENCES);
        Decoder decoder = model.local().decoder();
        assertThatThrownBy(() -> model.local().run(() -> {
                    try (Scope scope = decoder.newScope()) {
                        scope.call(
                                "write",
                                scope.borrow(decoder.weights()),
                                scope.number(0L),
                                scope.tensor(new float[6], 2, 3));
                    }
                }))
                .isInstanceOf(EngineException.class);
        requireWorks(before);
    }

    private void requireWorks(List<float[]> before) {
        List<float[]> after = model.logProbs(SEQUENCES);
        for (int s = 0; s < before.size(); s++) {
            assertThat(after.get(s)).containsExactly(before.get(s));
        }
        step();
    }

    private void step() {
        SamplingRequest request =
                new SamplingRequest(ids(20), LongStream.range(0, 8).toArray());
        model.sample(List.of(request), new SamplingOptions(3, 1), completion -> {});
        try (LanguageModel.ForwardPass pass = model.forward(SEQUENCES)) {
            pass.backward(TokenSlopes.ofLogProbs(WEIGHTS));
        }
        model.selectGradient(1);
        try (LanguageModel.ForwardPass pass = model.forward(SEQUENCES, new Wanted(0.9, true, model))) {
            pass.backward(WEIGHTS.stream()
                    .map(weights -> new TokenSlopes(weights, weights, weights))
                    .toList());
        }
        model.forward(SEQUENCES, new Wanted(1, false, model)).close();
        model.mixGradients(new double[] {1, model.gradientProducts(2)[0][1] > 0 ? 1 : 0});
        model.step(AdamW.of(1e-4, 1));
    }

    private static int[] ids(int count) {
        return IntStream.range(100, 100 + count).toArray();
    }

    /** Arrays and scopes that the decoder has not given back: DJL counts them, and tells nobody. */
    private int nativeValues() throws Exception {
        Field manager = Decoder.class.getDeclaredField("manager");
        Field resources = BaseNDManager.class.getDeclaredField("resources");
        manager.setAccessible(true);
        resources.setAccessible(true);
        NDManager decoders = (NDManager) manager.get(model.local().decoder());
        return ((Map<?, ?>) resources.get(decoders)).size();
    }

    /** In bytes, without what Java has left lying about. */
    private static long resident(Path status) throws Exception {
        System.gc();
        String line = Files.readAllLines(status).stream()
                .filter(l -> l.startsWith("VmRSS:"))
                .findFirst()
                .orElseThrow();
        return 1024 * Long.parseLong(line.replaceAll("\\D", ""));
    }
}
