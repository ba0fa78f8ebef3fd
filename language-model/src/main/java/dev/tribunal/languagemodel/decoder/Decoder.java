package dev.tribunal.languagemodel.decoder;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.JniUtils;
import dev.tribunal.languagemodel.EngineOptions;
import dev.tribunal.languagemodel.Precision;
import dev.tribunal.languagemodel.TokenSequence;
import dev.tribunal.languagemodel.adapter.AdapterLayout;
import dev.tribunal.languagemodel.architecture.ModelConfiguration;
import dev.tribunal.languagemodel.checkpoint.WeightLayout;
import dev.tribunal.languagemodel.checkpoint.WeightLayout.Part;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * A model's weights and script in native memory. All weights lie in one row of floats and the script computes with
 * views of it, or of the same row in bf16; gradients likewise, once somebody trains. With an adapter, that has rows of
 * its own, and only it is trained. Used on its {@link ModelThread} alone.
 */
public final class Decoder implements AutoCloseable {

    private static final int FP32 = 6; // as libtorch numbers its types
    private static final int BF16 = 15;

    /** Angles that are computed at a time: a configuration may promise millions of positions, of which few are used. */
    private static final int ANGLES_AT_ONCE = 1 << 21;

    /** Numbers that the script's {@code bind} takes of each of the weights. */
    private static final int PLACE = 4;

    private static final List<String> PRODUCTS = List.of("products_onednn.py", "products_aten.py");

    private final ModelConfiguration configuration;
    private final WeightLayout layout;
    private final EngineOptions options;
    private final OptionalInt paddingId;
    private final PtNDManager manager;
    private final PtSymbolBlock script;
    private final String products;
    /** In fp32, and what training changes; frozen or under an adapter a model in bf16 has these in bf16. */
    private final PtNDArray weights;
    /** What vectors are taken from, fp32 always: {@code weights}, or where those are in bf16 a row of vectors alone. */
    private final PtNDArray vectors;

    private final boolean vectorsApart;
    /** What matrices are taken from: {@code weights}, or a copy in bf16. */
    private final PtNDArray matrices;

    /** Angles of the first positions, as many as a sequence has needed so far. */
    private PtNDArray cosines;

    private PtNDArray sines;
    private int anglePositions;
    private final @Nullable AdapterRows adapter;
    /** Rows of the gradient; the script adds to one of them. */
    private final List<PtNDArray> gradients = new ArrayList<>();

    private int selectedGradients;
    /** One for all writes: a buffer each would lie in native memory until the collector comes by. */
    private ByteBuffer staging = ByteBuffer.allocateDirect(0);
    /** Whether the script has not seen the weights as they are. */
    private boolean stale = true;

    private boolean adapterStale;

    /**
     * @param row in fp32, and what training changes
     * @param matrices what the script computes with: {@code row}, or a copy in bf16
     */
    private record AdapterRows(AdapterLayout layout, PtNDArray row, PtNDArray matrices) {}

    private record Loaded(PtSymbolBlock script, String products) {}

    /**
     * @param paddingId a token whose embedding gets no gradient as an input, as transformers does it
     * @param adapter null if the weights themselves are to be trained
     */
    public Decoder(
            ModelConfiguration configuration,
            WeightLayout layout,
            OptionalInt paddingId,
            EngineOptions options,
            @Nullable AdapterLayout adapter) {
        this(configuration, layout, paddingId, options, adapter, Libtorch.newManager(), PRODUCTS);
    }

    /**
     * @param manager of the device to compute on; closed with this
     * @param products resources, of which the first that runs there is taken
     */
    Decoder(
            ModelConfiguration configuration,
            WeightLayout layout,
            OptionalInt paddingId,
            EngineOptions options,
            @Nullable AdapterLayout adapter,
            PtNDManager manager,
            List<String> products) {
        this.manager = manager;
        this.configuration = configuration;
        this.layout = layout;
        this.options = options;
        this.paddingId = paddingId;
        try {
            Loaded loaded = load(manager, products, attributes(configuration, paddingId, options));
            script = loaded.script;
            this.products = loaded.products;
            matrices = newRow(layout.size(), type(options));
            boolean half = options.precision() != Precision.FP32;
            boolean master = options.trainable() && adapter == null && half;
            weights = master ? newRow(layout.size(), FP32) : matrices;
            vectorsApart = half && !master;
            vectors = vectorsApart ? newRow(vectorsSize(layout), FP32) : weights;
            if (adapter == null) {
                this.adapter = null;
            } else {
                PtNDArray row = newRow(adapter.row().size(), FP32);
                this.adapter = new AdapterRows(
                        adapter, row, half ? newRow(adapter.row().size(), type(options)) : row);
            }
            anglePositions = nextAnglePositions(configuration, 0);
            RotaryTable table = RotaryTable.of(configuration, 0, anglePositions);
            cosines = (PtNDArray) manager.create(table.cosines(), new Shape(rotaryShape(anglePositions)));
            sines = (PtNDArray) manager.create(table.sines(), new Shape(rotaryShape(anglePositions)));
            bind();
        } catch (RuntimeException | Error failed) {
            manager.close();
            throw failed;
        }
    }

    private static long vectorsSize(WeightLayout layout) {
        return layout.parts().stream()
                .filter(Decoder::isVector)
                .mapToLong(part -> part.shape()[0])
                .sum();
    }

    private static boolean isVector(Part part) {
        return part.shape().length == 1;
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
        attributes.put("adapter_on", false);
        attributes.put("scaling", 0.0);
        for (String list : List.of(
                "weights",
                "packed",
                "gradients",
                "adapter",
                "adapter_gradients",
                "adapter_outputs",
                "rotary",
                "cache")) {
            attributes.put(list, List.of());
        }
        return attributes;
    }

    /** With the first products that this libtorch, device and processor have, which only trying can tell. */
    private static Loaded load(PtNDManager manager, List<String> products, Map<String, Object> attributes) {
        PtSymbolBlock script = null;
        try {
            script = load(manager, products.getFirst(), attributes);
            try (Scope scope = new Scope(script, manager)) {
                scope.call("try_products", scope.tensor(new float[1], 1));
            }
            return new Loaded(script, products.getFirst());
        } catch (EngineException absent) {
            if (script != null) {
                script.close();
            }
            if (products.size() == 1) {
                throw absent;
            }
            return load(manager, products.subList(1, products.size()), attributes);
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

    /** The resource whose products with weights it computes by. */
    String products() {
        return products;
    }

    /** Whether the other's matrices, as its products like them, can be multiplied with by this one's products. */
    public boolean computesAs(Decoder other) {
        return products.equals(other.products)
                && options.precision() == other.options.precision()
                && manager.getDevice().equals(other.manager.getDevice());
    }

    public Scope newScope() {
        return new Scope(script, manager);
    }

    public PackedBatch pack(List<TokenSequence> sequences) {
        return PackedBatch.of(configuration.rope().longestUnstretched(), sequences);
    }

    /** Sequences of which only the last token's output is wanted. */
    public PackedBatch packPrompts(List<int[]> prompts) {
        return PackedBatch.ofPrompts(configuration.rope().longestUnstretched(), prompts);
    }

    /** What every pass over packed tokens starts with: ids, positions in the table of angles, blocks. */
    public IValue[] arguments(Scope scope, PackedBatch batch) {
        refresh(scope);
        requireAngles(batch.longest());
        return new IValue[] {batch.ids(scope), angles(scope, batch), batch.blocks(scope, configuration.attentionHeads())
        };
    }

    /** Shows the script what has changed; before anything that computes with the weights. */
    void refresh(Scope scope) {
        if (stale) {
            scope.call("refresh", scope.borrow(weights), scope.borrow(matrices));
            stale = false;
        }
        if (adapter != null && adapterStale) {
            scope.call("refresh_adapter", scope.borrow(adapter.row), scope.borrow(adapter.matrices));
            adapterStale = false;
        }
    }

    /** The table has a row for each position; tokens of a batch with a stretched sequence get theirs after those. */
    private IValue angles(Scope scope, PackedBatch batch) {
        if (!batch.isStretched()) {
            return batch.positions(scope);
        }
        RotaryTable table = RotaryTable.of(configuration, batch);
        long[] shape = rotaryShape(batch.tokens());
        scope.call(
                "append_angles",
                scope.list(List.of(scope.borrow(cosines), scope.borrow(sines))),
                scope.list(List.of(scope.tensor(table.cosines(), shape), scope.tensor(table.sines(), shape))));
        int first = anglePositions;
        return scope.tensor(IntStream.range(first, first + batch.tokens()).toArray(), batch.tokens());
    }

    /** Computes the angles of so many positions, if they are not there yet; before a sequence gets so long. */
    public void requireAngles(int positions) {
        if (positions <= anglePositions) {
            return;
        }
        while (anglePositions < positions) {
            int to = nextAnglePositions(configuration, anglePositions);
            RotaryTable next = RotaryTable.of(configuration, anglePositions, to);
            cosines = longer(cosines, next.cosines(), to - anglePositions);
            sines = longer(sines, next.sines(), to - anglePositions);
            anglePositions = to;
        }
        try (Scope scope = newScope()) {
            IValue none = scope.tensor(new float[0], rotaryShape(0));
            scope.call(
                    "append_angles",
                    scope.list(List.of(scope.borrow(cosines), scope.borrow(sines))),
                    scope.list(List.of(none, none)));
        }
    }

    private static int nextAnglePositions(ModelConfiguration configuration, int from) {
        int more = Math.max(1, ANGLES_AT_ONCE / (configuration.headDimension() / 2));
        return Math.min(from + more, configuration.maxPositions());
    }

    private PtNDArray longer(PtNDArray rows, float[] more, int count) {
        try (PtNDArray added = (PtNDArray) manager.create(more, new Shape(rotaryShape(count)))) {
            PtNDArray joined = (PtNDArray) rows.concat(added, 0);
            rows.close();
            return joined;
        }
    }

    private long[] rotaryShape(int rows) {
        return new long[] {rows, configuration.headDimension() / 2};
    }

    /** A row of zeros, as long as what is trained, for this model's lifetime. */
    public PtNDArray newRow() {
        return newRow(trainedLayout().size(), FP32);
    }

    /** Made by the script, since DJL cannot make bf16. */
    private PtNDArray newRow(long size, int type) {
        try (Scope scope = newScope()) {
            IValue onDevice = scope.tensor(new float[1], 1);
            return scope.call("row", scope.number(size), scope.number((long) type), onDevice)
                    .toTensor(manager);
        }
    }

    /** All weights, in fp32 or, if frozen, in what matrices are multiplied in; {@code [layout.size()]}. */
    public PtNDArray weights() {
        return weights;
    }

    /** Of what is trained: the adapter, or the whole model. */
    public WeightLayout trainedLayout() {
        return adapter == null ? layout : adapter.layout.row();
    }

    /** What is trained, in fp32; {@code [trainedLayout().size()]}. */
    public PtNDArray trained() {
        return adapter == null ? weights : adapter.row;
    }

    /** Does the work with the model as it is without its adapter. */
    public <T> T withoutAdapter(Callable<T> work) throws Exception {
        switchAdapter(false);
        try {
            return work.call();
        } finally {
            switchAdapter(true);
        }
    }

    private void switchAdapter(boolean on) {
        try (Scope scope = newScope()) {
            scope.call("switch_adapter", scope.flag(on));
        }
    }

    /**
     * The first row of the gradient of what is trained.
     *
     * @throws IllegalStateException if the model is frozen
     */
    public PtNDArray gradients() {
        return gradients(0);
    }

    /**
     * A row of the gradient of what is trained; made when first asked for, since a model that only samples needs none.
     *
     * @throws IllegalStateException if the model is frozen
     * @throws IllegalArgumentException if the row before it has not been asked for
     */
    public PtNDArray gradients(int row) {
        if (!options.trainable()) {
            throw new IllegalStateException("this model was loaded as frozen: load it as trainable to train it");
        }
        if (row < 0 || row > Math.max(1, gradients.size())) {
            throw new IllegalArgumentException(
                    "there is no row " + row + " of the gradient: the next one is " + Math.max(1, gradients.size()));
        }
        while (row >= gradients.size()) {
            gradients.add(newRow());
            if (gradients.size() == 1) {
                bind();
            }
        }
        return gradients.get(row);
    }

    /** The row that the script adds to from now on; the first one until this is called. */
    public void selectGradients(int row) {
        PtNDArray ignored = gradients(row);
        selectedGradients = row;
        bind();
    }

    private void bind() {
        List<Part> parts = layout.parts();
        long[] places = new long[PLACE * parts.size()];
        long vector = 0;
        for (int i = 0; i < parts.size(); i++) {
            Part part = parts.get(i);
            places[PLACE * i] = part.offset();
            places[PLACE * i + 1] = part.shape()[0];
            places[PLACE * i + 2] = isVector(part) ? 0 : part.shape()[1];
            places[PLACE * i + 3] = vectorsApart ? vector : part.offset();
            vector += isVector(part) ? part.shape()[0] : 0;
        }
        try (Scope scope = newScope()) {
            IValue none = scope.tensor(new float[0], 0);
            IValue gradient = gradients.isEmpty() ? none : scope.borrow(gradients.get(selectedGradients));
            scope.call(
                    "bind",
                    scope.borrow(vectors),
                    scope.borrow(matrices),
                    adapter == null ? gradient : none,
                    scope.tensor(places, parts.size(), PLACE),
                    scope.list(List.of(scope.borrow(cosines), scope.borrow(sines))));
            if (adapter != null) {
                scope.call(
                        "bind_adapter",
                        scope.borrow(adapter.matrices),
                        gradient,
                        adapterParts(scope, adapter.layout),
                        scope.number(adapter.layout.lora().scaling()));
            }
        }
    }

    /** What the script's {@code bind_adapter} takes. */
    private static IValue adapterParts(Scope scope, AdapterLayout adapter) {
        List<long[]> parts = new ArrayList<>();
        for (AdapterLayout.Product product : adapter.products()) {
            long[] a = product.a().shape();
            parts.add(new long[] {product.part(), product.a().offset(), a[0], a[1], 0});
            for (AdapterLayout.Slice slice : product.slices()) {
                long[] b = slice.b().shape();
                parts.add(new long[] {product.part(), slice.b().offset(), b[0], b[1], slice.firstOutput()});
            }
        }
        return scope.tensor(parts.stream().flatMapToLong(LongStream::of).toArray(), parts.size(), 5);
    }

    /** To be called once {@link #trained} has changed. */
    public void trainedChanged() {
        if (adapter == null) {
            stale = true;
        } else {
            adapterStale = true;
        }
    }

    /** Values of what is trained, or of a frozen model's weights, from a place on. */
    public float[] readTrained(long at, int count) {
        float[] values = read(trained(), at, count);
        if (adapter == null) {
            forEachVector(
                    at,
                    count,
                    (vector, index, length) ->
                            System.arraycopy(read(vectors, vector, length), 0, values, index, length));
        }
        return values;
    }

    public void writeTrained(long at, float[] values) {
        write(trained(), at, values);
        trainedChanged();
    }

    public void writeWeights(long at, float[] values) {
        write(weights, at, values);
        forEachVector(
                at,
                values.length,
                (vector, index, length) -> write(vectors, vector, Arrays.copyOfRange(values, index, index + length)));
        stale = true;
    }

    /** A piece of a vector: where it is in the row of vectors, and where among the values at hand. */
    private interface VectorPiece {

        void accept(long vector, int index, int length);
    }

    /** Pieces that weights from a place on have of vectors which have a row of their own. */
    private void forEachVector(long at, int count, VectorPiece use) {
        long vector = 0;
        for (Part part : vectorsApart ? layout.parts() : List.<Part>of()) {
            if (isVector(part)) {
                long from = Math.max(at, part.offset());
                long to = Math.min(at + count, part.offset() + part.shape()[0]);
                if (from < to) {
                    use.accept(vector + from - part.offset(), (int) (from - at), (int) (to - from));
                }
                vector += part.shape()[0];
            }
        }
    }

    public void write(PtNDArray row, long at, float[] values) {
        if (staging.capacity() < Float.BYTES * values.length) {
            staging = ByteBuffer.allocateDirect(Float.BYTES * values.length).order(ByteOrder.nativeOrder());
        }
        staging.asFloatBuffer().put(values);
        try (Scope scope = newScope()) {
            scope.call("write", scope.borrow(row), scope.number(at), scope.tensor(staging, values.length));
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
        CLibrary.releaseFreedMemory();
    }
}
