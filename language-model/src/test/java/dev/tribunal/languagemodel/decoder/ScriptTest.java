package dev.tribunal.languagemodel.decoder;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.IValue;
import dev.tribunal.languagemodel.EngineOptions;
import dev.tribunal.languagemodel.Lora;
import dev.tribunal.languagemodel.Precision;
import dev.tribunal.languagemodel.TokenSequence;
import dev.tribunal.languagemodel.adapter.AdapterLayout;
import dev.tribunal.languagemodel.architecture.Attention;
import dev.tribunal.languagemodel.architecture.ModelConfiguration;
import dev.tribunal.languagemodel.architecture.Rope;
import dev.tribunal.languagemodel.checkpoint.RandomWeights;
import dev.tribunal.languagemodel.checkpoint.WeightLayout;
import dev.tribunal.languagemodel.checkpoint.WeightLayout.Head;
import dev.tribunal.languagemodel.checkpoint.WeightLayout.Tensor;
import dev.tribunal.languagemodel.local.Processor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every method of the script, on every device there is and by either products. */
class ScriptTest {

    private static final String ONEDNN = "products_onednn.py";
    private static final String ATEN = "products_aten.py";

    /** Biases, head norms and a window, so that nothing in the script stays aside. */
    private static final ModelConfiguration MODEL =
            new ModelConfiguration("llama", 96, 32, 48, 2, 4, 2, 8, 32, 1e-5, Rope.of(10_000), attention(), true);

    private static final WeightLayout LAYOUT = WeightLayout.of(MODEL, new Head.Tied());
    private static final int[] PROMPT = {5, 6, 7, 8, 9};
    private static final List<TokenSequence> SEQUENCES =
            List.of(new TokenSequence(PROMPT, new int[] {10, 11}), new TokenSequence(PROMPT, new int[] {12, 13}));

    private static Attention attention() {
        return new Attention(true, true, true, 3, List.of(true, false));
    }

    static Stream<Device> devices() {
        int gpus = Engine.getEngine("PyTorch").getGpuCount();
        return Stream.concat(Stream.of(Device.cpu()), IntStream.range(0, gpus).mapToObj(Device::gpu));
    }

    @ParameterizedTest
    @MethodSource("devices")
    void everyMethodRunsOn(Device device) throws IOException {
        Set<String> called = new TreeSet<>();
        for (Precision precision : Precision.values()) {
            for (boolean adapter : new boolean[] {false, true}) {
                Pass cpu = Pass.of(Device.cpu(), List.of(ATEN), precision, adapter);
                Pass there = Pass.of(device, List.of(ONEDNN, ATEN), precision, adapter);
                requireSame(there.numbers, cpu.numbers, precision);
                called.addAll(there.called);
            }
        }
        String script = text("llama.py");
        Set<String> methods = all(script, "(?m)^  def (\\w+)\\(self");
        Set<String> inner = all(script, "self\\.(\\w+)\\(");
        assertThat(methods).hasSizeGreaterThan(40);
        methods.removeAll(inner);
        assertThat(called).isEqualTo(methods);
    }

    @ParameterizedTest
    @EnumSource(Precision.class)
    void bothProductsGiveTheSameNumbers(Precision precision) {
        assumeTrue(hasOneDnn(precision), "oneDNN has no product in " + precision + " on this processor");
        List<String> onednn = List.of(ONEDNN); // forced, so that it cannot fall back
        requireSame(
                Pass.of(Device.cpu(), onednn, precision, false).numbers,
                Pass.of(Device.cpu(), List.of(ATEN), precision, false).numbers,
                precision);
    }

    @ParameterizedTest
    @EnumSource(Precision.class)
    void oneDnnMultipliesWhereItCan(Precision precision) {
        assumeTrue(Processor.isX86Linux(), "of other machines these tests do not know what oneDNN can do");
        try (Decoder decoder = decoder(Device.cpu(), List.of(ONEDNN, ATEN), precision, false)) {
            assertThat(decoder.products()).isEqualTo(hasOneDnn(precision) ? ONEDNN : ATEN);
        }
    }

    private static boolean hasOneDnn(Precision precision) {
        return switch (precision) {
            case FP32 -> Processor.isX86Linux();
            case BF16 -> Processor.hasOneDnnBf16();
        };
    }

    @ParameterizedTest
    @ValueSource(strings = {"llama.py", ONEDNN, ATEN})
    void everyNewTensorNamesItsDevice(String resource) throws IOException {
        String makers =
                "zeros|ones|empty|full|arange|linspace|eye|tensor|scalar_tensor|rand|randn|randint|randperm|tril_indices";
        Matcher call = Pattern.compile("torch\\.(" + makers + ")\\(").matcher(text(resource));
        String script = text(resource);
        int found = 0;
        while (call.find()) {
            assertThat(arguments(script, call.end()))
                    .as(call.group() + " at " + call.start())
                    .contains("device=");
            found++;
        }
        assertThat(found > 0).isEqualTo(resource.equals("llama.py"));
    }

    @Test
    void bothProductsHaveTheSameFunctions() throws IOException {
        String head = "(?m)^def (.*):$";
        assertThat(all(text(ONEDNN), head)).isEqualTo(all(text(ATEN), head)).hasSize(5);
    }

    /** What stands between the parentheses, the first of which ends at {@code from}. */
    private static String arguments(String script, int from) {
        int depth = 1;
        int at = from;
        while (depth > 0) {
            char c = script.charAt(at++);
            depth += c == '(' ? 1 : c == ')' ? -1 : 0;
        }
        return script.substring(from, at);
    }

    private static Set<String> all(String text, String pattern) {
        Set<String> found = new TreeSet<>();
        Pattern.compile(pattern).matcher(text).results().forEach(match -> found.add(match.group(1)));
        return found;
    }

    private static String text(String resource) throws IOException {
        try (var stream = ScriptArchive.class.getResourceAsStream(resource)) {
            return new String(stream.readAllBytes(), UTF_8);
        }
    }

    private static void requireSame(Map<String, float[]> some, Map<String, float[]> others, Precision precision) {
        double tolerance = precision == Precision.FP32 ? 1e-4 : 0.05;
        assertThat(some.keySet()).isEqualTo(others.keySet());
        some.forEach((name, numbers) -> {
            float[] expected = Objects.requireNonNull(others.get(name));
            double most = 1e-9;
            double farthest = 0;
            assertThat(numbers).as(name).hasSameSizeAs(expected);
            for (int i = 0; i < numbers.length; i++) {
                most = Math.max(most, Math.abs(expected[i]));
                farthest = Math.max(farthest, Math.abs(numbers[i] - expected[i]));
                assertThat(numbers[i]).as(name).isFinite();
            }
            assertThat(farthest / most).as(name + " in " + precision).isCloseTo(0, within(tolerance));
        });
    }

    private static Decoder decoder(Device device, List<String> products, Precision precision, boolean adapter) {
        AdapterLayout lora = adapter ? AdapterLayout.of(LAYOUT, new Lora(2, 4, Lora.ALL_LINEAR)) : null;
        EngineOptions options = EngineOptions.DEFAULT.withPrecision(precision);
        Decoder decoder =
                new Decoder(MODEL, LAYOUT, OptionalInt.empty(), options, lora, Libtorch.newManager(device), products);
        RandomWeights random = new RandomWeights(3, MODEL.layers());
        for (Tensor tensor : LAYOUT.tensors()) {
            decoder.writeWeights(tensor.offset(), large(random.read(tensor, 0, (int) tensor.size()), tensor));
        }
        if (adapter) {
            for (Tensor tensor : decoder.trainedLayout().tensors()) {
                decoder.writeTrained(tensor.offset(), large(random.read(tensor, 0, (int) tensor.size()), tensor));
            }
        }
        return decoder;
    }

    /** As large as trained ones. */
    private static float[] large(float[] values, Tensor tensor) {
        if (tensor.shape().length == 2) {
            for (int i = 0; i < values.length; i++) {
                values[i] *= 8;
            }
        }
        return values;
    }

    /** One call of each of the script's entry points: which they were, and what came out. */
    private static final class Pass {

        private final Set<String> called = new TreeSet<>();
        private final Map<String, float[]> numbers = new LinkedHashMap<>();
        private final Decoder decoder;
        private final boolean adapter;

        private Pass(Decoder decoder, boolean adapter) {
            this.decoder = decoder;
            this.adapter = adapter;
        }

        static Pass of(Device device, List<String> products, Precision precision, boolean adapter) {
            ModelThread thread = new ModelThread("script");
            try {
                return thread.call(() -> {
                    try (Decoder decoder = decoder(device, products, precision, adapter)) {
                        Pass pass = new Pass(decoder, adapter);
                        try (Scope scope = decoder.newScope()) {
                            pass.memory(scope);
                            pass.setUp(scope);
                            pass.logProbs(scope);
                            pass.scores(scope);
                            pass.step(scope);
                            pass.sampling(scope);
                        }
                        return pass;
                    }
                });
            } finally {
                thread.close(() -> {});
            }
        }

        private IValue call(Scope scope, String method, IValue... arguments) {
            called.add(method);
            return scope.call(method, arguments);
        }

        private IValue[] callForTuple(Scope scope, String method, IValue... arguments) {
            called.add(method);
            return scope.callForTuple(method, arguments);
        }

        private void memory(Scope scope) {
            IValue row = call(scope, "row", scope.number(5L), scope.number(6L), scope.tensor(new float[1], 1));
            call(scope, "write", row, scope.number(1L), scope.tensor(new float[] {1, 2, 3}, 3));
            numbers.put("read", scope.floats(call(scope, "read", row, scope.number(0L), scope.number(4L))));
            call(scope, "clear", row);
            numbers.put("clear", scope.floats(call(scope, "read", row, scope.number(0L), scope.number(5L))));
        }

        /** What the decoder calls itself has run when it returns; here the rest. */
        private void setUp(Scope scope) {
            called.addAll(List.of("bind", "refresh"));
            decoder.gradients();
            decoder.arguments(scope, decoder.pack(SEQUENCES));
            if (adapter) {
                called.addAll(List.of("bind_adapter", "refresh_adapter"));
            }
            numbers.put("try_products", scope.floats(call(scope, "try_products", scope.tensor(new float[1], 1))));
            numbers.put("multiply", new float[] {
                (float) call(scope, "multiply", scope.number(40L), scope.number(2L))
                        .toDouble()
            });
            if (adapter) {
                call(scope, "switch_adapter", scope.flag(false));
                call(scope, "switch_adapter", scope.flag(true));
            }
        }

        private void logProbs(Scope scope) {
            IValue[] packed = decoder.arguments(scope, decoder.pack(SEQUENCES));
            IValue rows = scope.tensor(new int[] {4, 5, 6}, 3);
            IValue targets = scope.tensor(new int[] {10, 11, 13}, 3, 1);
            IValue reference = call(scope, "reference", packed[0], packed[1], packed[2], rows);
            for (boolean terms : new boolean[] {false, true}) {
                IValue other = terms ? reference : scope.list(List.of());
                IValue[] result = callForTuple(
                        scope,
                        "log_probs",
                        packed[0],
                        packed[1],
                        packed[2],
                        rows,
                        targets,
                        scope.number(0.8),
                        scope.flag(terms),
                        other,
                        scope.flag(true));
                numbers.put(terms ? "terms" : "log_probs", scope.floats(result[0]));
                IValue slopes = terms
                        ? scope.tensor(new float[] {1, 2, -1, -0.5f, 0.3f, 0.4f, 2, -1, 0.5f}, 3, 3)
                        : scope.tensor(new float[] {1, -0.5f, 2}, 3, 1);
                IValue all = scope.tensor(new int[0], 0);
                call(
                        scope,
                        "log_probs_backward",
                        packed[0],
                        packed[1],
                        packed[2],
                        rows,
                        targets,
                        slopes,
                        scope.number(0.8),
                        other,
                        scope.tensor(new int[] {0, 1, 2}, 3),
                        all,
                        result[1]);
            }
            numbers.put("log_probs_backward", gradient());
        }

        private void scores(Scope scope) {
            IValue[] packed = decoder.arguments(scope, decoder.packPrompts(List.of(PROMPT, new int[] {3, 2})));
            IValue rows = scope.tensor(new int[] {4, 6}, 2);
            IValue[] result = callForTuple(scope, "scores", packed[0], packed[1], packed[2], rows, scope.flag(true));
            numbers.put("scores", scope.floats(result[0]));
            float[] weights = new float[2 * MODEL.vocabularySize()];
            Arrays.fill(weights, 0.01f);
            weights[7] = 1;
            IValue rowWeights = scope.tensor(weights, 2, MODEL.vocabularySize());
            IValue all = scope.tensor(new int[0], 0);
            call(scope, "scores_backward", packed[0], packed[1], packed[2], rows, rowWeights, all, result[1]);
            numbers.put("scores_backward", gradient());
        }

        private float[] gradient() {
            return decoder.read(
                    decoder.gradients(), 0, (int) decoder.trainedLayout().size());
        }

        private void step(Scope scope) {
            IValue gradients =
                    scope.list(List.of(scope.borrow(decoder.gradients()), scope.borrow(decoder.gradients(1))));
            double[] products = scope.doubles(call(scope, "products", gradients));
            numbers.put("products", new float[] {(float) products[0], (float) products[1], (float) products[3]});
            IValue one = scope.tensor(new float[] {1}, 1);
            call(scope, "mix", gradients, scope.list(List.of(one, one)));
            List<IValue> arguments = new ArrayList<>();
            for (PtNDArray row : List.of(decoder.trained(), decoder.gradients(), decoder.newRow(), decoder.newRow())) {
                arguments.add(call(scope, "pieces", scope.borrow(row)));
            }
            arguments.add(scope.list(List.of(scope.tensor(new float[] {0}, new long[0]))));
            for (double number : new double[] {1, 1e-5, 0.9, 0.999, 1e-8, 0}) {
                arguments.add(scope.number(number));
            }
            IValue[] norms = callForTuple(scope, "adamw", arguments.toArray(IValue[]::new));
            numbers.put("adamw", new float[] {(float) norms[0].toDouble()});
            numbers.put("update_norm", new float[] {(float) norms[1].toDouble()});
            decoder.trainedChanged();
        }

        private void sampling(Scope scope) {
            call(scope, "open_cache", scope.number(3L), scope.number(16L));
            IValue[] packed = decoder.arguments(scope, decoder.packPrompts(List.of(PROMPT)));
            int[] source = {0, 1, 2, 3, 4, 0, 1, 2, 3, 4, 0, 0, 0, 0, 0, 2, 2, 2, 2, 2, 0, 1, 2, 3, 4, 0, 1, 2, 3, 4};
            IValue uniforms = scope.tensor(new float[] {0.2f, 0.7f}, 2);
            IValue[] first = callForTuple(
                    scope,
                    "prefill",
                    packed[0],
                    packed[1],
                    packed[2],
                    scope.tensor(new int[] {4}, 1),
                    scope.tensor(source, 3, 10),
                    scope.tensor(new int[] {0, 0}, 2),
                    uniforms,
                    scope.number(0.0),
                    scope.number(0L),
                    scope.number(1.0));
            numbers.put("prefill", scope.floats(first[1]));
            call(scope, "move_slots", scope.tensor(new int[] {2, 1}, 2, 1), scope.number(5L));
            IValue inputs = scope.tensor(new int[] {20, 20, 5, 5}, 2, 2);
            IValue[] next = callForTuple(
                    scope,
                    "decode",
                    inputs,
                    uniforms,
                    scope.number(6L),
                    scope.number(0.0),
                    scope.number(0L),
                    scope.number(1.0));
            numbers.put("decode", scope.floats(next[1]));
            IValue[] drawn = callForTuple(
                    scope,
                    "decode",
                    inputs,
                    uniforms,
                    scope.number(6L),
                    scope.number(0.8),
                    scope.number(9L),
                    scope.number(0.9));
            assertThat(LongStream.of(scope.longs(drawn[0]))).allMatch(id -> id >= 0 && id < MODEL.vocabularySize());
            call(scope, "close_cache");
            IValue table = scope.tensor(new float[4], 1, 4);
            IValue angles = scope.list(List.of(table, table));
            call(scope, "append_angles", angles, angles);
        }
    }
}
