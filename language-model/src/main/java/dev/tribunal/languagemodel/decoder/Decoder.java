package dev.tribunal.languagemodel.decoder;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.JniUtils;
import dev.tribunal.languagemodel.ModelConfiguration;
import dev.tribunal.languagemodel.checkpoint.WeightLayout;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * A model's weights and script in native memory. All weights lie in one row of floats and the script computes with
 * views of it; gradients likewise, once somebody trains. Used on its {@link ModelThread} alone.
 */
public final class Decoder implements AutoCloseable {

    private final ModelConfiguration configuration;
    private final WeightLayout layout;
    private final PtNDManager manager = Libtorch.newManager();
    private final PtSymbolBlock script;
    private final PtNDArray weights;
    private final PtNDArray cosines;
    private final PtNDArray sines;
    private @Nullable PtNDArray gradients;

    /** @param paddingId a token whose embedding gets no gradient as an input, as transformers does it */
    public Decoder(ModelConfiguration configuration, WeightLayout layout, OptionalInt paddingId) {
        this.configuration = configuration;
        this.layout = layout;
        script = load(manager, configuration, paddingId);
        weights = newRow();
        RotaryTable table = RotaryTable.of(configuration);
        Shape shape = new Shape(configuration.maxPositions(), configuration.headDimension() / 2);
        cosines = (PtNDArray) manager.create(table.cosines(), shape);
        sines = (PtNDArray) manager.create(table.sines(), shape);
        bind();
    }

    private static PtSymbolBlock load(PtNDManager manager, ModelConfiguration configuration, OptionalInt paddingId) {
        Map<String, Object> attributes = new LinkedHashMap<>();
        attributes.put("layers", configuration.layers());
        attributes.put("heads", configuration.attentionHeads());
        attributes.put("key_value_heads", configuration.keyValueHeads());
        attributes.put("head_width", configuration.headDimension());
        attributes.put("padding_id", paddingId.orElse(-1));
        attributes.put("epsilon", configuration.rmsNormEpsilon());
        for (String list : List.of("weights", "gradients", "rotary", "cache")) {
            attributes.put(list, List.of());
        }
        byte[] archive = ScriptArchive.of("Llama", "llama.py", attributes);
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

    public Scope newScope() {
        return new Scope(script, manager);
    }

    /** What every pass over packed tokens starts with: ids, positions, blocks. */
    public IValue[] arguments(Scope scope, PackedBatch batch) {
        return new IValue[] {
            batch.ids(scope), batch.positions(scope), batch.blocks(scope, configuration.attentionHeads())
        };
    }

    /** A row of zeros, as long as the weights, for this model's lifetime. */
    public PtNDArray newRow() {
        return (PtNDArray) manager.zeros(new Shape(layout.size()), DataType.FLOAT32);
    }

    /** All weights; {@code [layout.size()]}. */
    public PtNDArray weights() {
        return weights;
    }

    /** All gradients; made when first asked for, since a model that only samples needs none. */
    public PtNDArray gradients() {
        PtNDArray row = gradients;
        if (row == null) {
            row = newRow();
            gradients = row;
            bind();
        }
        return row;
    }

    private void bind() {
        try (Scope scope = newScope()) {
            PtNDArray row = gradients;
            scope.call(
                    "bind",
                    parts(scope, weights),
                    row == null ? scope.list(List.of()) : parts(scope, row),
                    scope.list(List.of(scope.borrow(cosines), scope.borrow(sines))));
        }
    }

    /** Views of a row, part for part. */
    private IValue parts(Scope scope, PtNDArray row) {
        return scope.list(layout.parts().stream()
                .map(part -> scope.view(row, part.offset(), part.shape()))
                .toList());
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
