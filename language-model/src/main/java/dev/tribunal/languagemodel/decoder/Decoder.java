package dev.tribunal.languagemodel.decoder;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.JniUtils;
import dev.tribunal.languagemodel.EngineOptions;
import dev.tribunal.languagemodel.ModelConfiguration;
import dev.tribunal.languagemodel.Precision;
import dev.tribunal.languagemodel.checkpoint.WeightLayout;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * A model's weights and script in native memory. All weights lie in one row of floats and the script computes with
 * views of it, or of the same row in bf16; gradients likewise, once somebody trains. Used on its {@link ModelThread}
 * alone.
 */
public final class Decoder implements AutoCloseable {

    private static final int FP32 = 6; // as libtorch numbers its types
    private static final int BF16 = 15;

    private final ModelConfiguration configuration;
    private final WeightLayout layout;
    private final EngineOptions options;
    private final OptionalInt paddingId;
    private final PtNDManager manager = Libtorch.newManager();
    private final PtSymbolBlock script;
    /** In fp32, and what {@link #step} changes; a frozen model in bf16 has these in bf16. */
    private final PtNDArray weights;
    /** What matrices are taken from: {@code weights}, or a copy in bf16. */
    private final PtNDArray matrices;

    private final PtNDArray cosines;
    private final PtNDArray sines;
    private @Nullable PtNDArray gradients;
    /** Whether the script has not seen the weights as they are. */
    private boolean stale = true;

    /** @param paddingId a token whose embedding gets no gradient as an input, as transformers does it */
    public Decoder(
            ModelConfiguration configuration, WeightLayout layout, OptionalInt paddingId, EngineOptions options) {
        this.configuration = configuration;
        this.layout = layout;
        this.options = options;
        this.paddingId = paddingId;
        script = load(manager, attributes(configuration, paddingId, options));
        matrices = newRow(type(options));
        weights = options.trainable() && options.precision() != Precision.FP32 ? newRow() : matrices;
        RotaryTable table = RotaryTable.of(configuration);
        Shape shape = new Shape(configuration.maxPositions(), configuration.headDimension() / 2);
        cosines = (PtNDArray) manager.create(table.cosines(), shape);
        sines = (PtNDArray) manager.create(table.sines(), shape);
        bind();
    }

    private static int type(EngineOptions options) {
        return switch (options.precision()) {
            case FP32 -> FP32;
            case BF16 -> BF16;
        };
    }

    private static Map<String, Object> attributes(
            ModelConfiguration configuration, OptionalInt paddingId, EngineOptions options) {
        Map<String, Object> attributes = new LinkedHashMap<>();
        attributes.put("layers", configuration.layers());
        attributes.put("heads", configuration.attentionHeads());
        attributes.put("key_value_heads", configuration.keyValueHeads());
        attributes.put("head_width", configuration.headDimension());
        attributes.put("padding_id", paddingId.orElse(-1));
        attributes.put("epsilon", configuration.rmsNormEpsilon());
        attributes.put("compute_type", type(options));
        attributes.put("recompute", options.activationCheckpointing());
        attributes.put("window", configuration.attention().window());
        attributes.put("windowed", configuration.attention().windowed());
        for (String list : List.of("weights", "packed", "gradients", "rotary", "cache")) {
            attributes.put(list, List.of());
        }
        return attributes;
    }

    /** With oneDNN's products if this libtorch, device and processor have them, which only trying can tell. */
    private static PtSymbolBlock load(PtNDManager manager, Map<String, Object> attributes) {
        PtSymbolBlock script = null;
        try {
            script = load(manager, "products_onednn.py", attributes);
            try (Scope scope = new Scope(script, manager)) {
                scope.call("try_products", scope.tensor(new float[1], 1));
            }
            return script;
        } catch (EngineException absent) {
            if (script != null) {
                script.close();
            }
            return load(manager, "products_aten.py", attributes);
        }
    }

    private static PtSymbolBlock load(PtNDManager manager, String products, Map<String, Object> attributes) {
        byte[] archive = ScriptArchive.of("Llama", "llama.py", products, attributes);
        try {
            return JniUtils.loadModule(manager, new ByteArrayInputStream(archive), false, false);
        } catch (IOException unexpected) {
            throw new UncheckedIOException(unexpected);
        }
    }

    public ModelConfiguration configuration() {
        return configuration;
    }

    public WeightLayout layout() {
        return layout;
    }

    public OptionalInt paddingId() {
        return paddingId;
    }

    public Scope newScope() {
        return new Scope(script, manager);
    }

    /** What every pass over packed tokens starts with: ids, positions, blocks. */
    public IValue[] arguments(Scope scope, PackedBatch batch) {
        if (stale) {
            scope.call("refresh", scope.borrow(weights), scope.borrow(matrices));
            stale = false;
        }
        return new IValue[] {
            batch.ids(scope), batch.positions(scope), batch.blocks(scope, configuration.attentionHeads())
        };
    }

    /** A row of zeros, as long as the weights, for this model's lifetime. */
    public PtNDArray newRow() {
        return newRow(FP32);
    }

    /** Made by the script, since DJL cannot make bf16. */
    private PtNDArray newRow(int type) {
        try (Scope scope = newScope()) {
            IValue onDevice = scope.tensor(new float[1], 1);
            return scope.call("row", scope.number(layout.size()), scope.number((long) type), onDevice)
                    .toTensor(manager);
        }
    }

    /** All weights, in fp32 or, if frozen, in what the model computes in; {@code [layout.size()]}. */
    public PtNDArray weights() {
        return weights;
    }

    /**
     * All gradients; made when first asked for, since a model that only samples needs none.
     *
     * @throws IllegalStateException if the model is frozen
     */
    public PtNDArray gradients() {
        if (!options.trainable()) {
            throw new IllegalStateException("this model was loaded as frozen: load it as trainable to train it");
        }
        PtNDArray row = gradients;
        if (row == null) {
            row = newRow();
            gradients = row;
            bind();
        }
        return row;
    }

    private void bind() {
        long[] parts = layout.parts().stream()
                .flatMapToLong(part -> LongStream.of(
                        part.offset(), part.shape()[0], part.shape().length > 1 ? part.shape()[1] : 0))
                .toArray();
        try (Scope scope = newScope()) {
            scope.call(
                    "bind",
                    scope.borrow(weights),
                    scope.borrow(matrices),
                    gradients == null ? scope.tensor(new float[0], 0) : scope.borrow(gradients),
                    scope.tensor(parts, parts.length / 3, 3),
                    scope.list(List.of(scope.borrow(cosines), scope.borrow(sines))));
        }
    }

    /** To be called once {@link #weights} have changed. */
    public void weightsChanged() {
        stale = true;
    }

    public void writeWeights(long at, float[] values) {
        write(weights, at, values);
        weightsChanged();
    }

    public void write(PtNDArray row, long at, float[] values) {
        try (Scope scope = newScope()) {
            scope.call("write", scope.borrow(row), scope.number(at), scope.tensor(values, values.length));
        }
    }

    public float[] read(PtNDArray row, long at, int count) {
        try (Scope scope = newScope()) {
            return scope.floats(scope.call("read", scope.borrow(row), scope.number(at), scope.number(count)));
        }
    }

    @Override
    public void close() {
        script.close();
        manager.close();
    }
}
