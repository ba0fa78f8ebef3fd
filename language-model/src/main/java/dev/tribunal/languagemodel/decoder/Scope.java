package dev.tribunal.languagemodel.decoder;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;

/** Native values of one piece of work: made here, handed to the script, all freed when it closes. */
public final class Scope implements AutoCloseable {

    private final PtSymbolBlock script;
    private final PtNDManager manager;
    private final List<IValue> values = new ArrayList<>();

    Scope(PtSymbolBlock script, PtNDManager parent) {
        this.script = script;
        manager = parent.newSubManager(parent.getDevice());
    }

    public IValue number(long value) {
        return own(IValue.from(value));
    }

    public IValue number(double value) {
        return own(IValue.from(value));
    }

    public IValue flag(boolean value) {
        return own(IValue.from(value));
    }

    public IValue tensor(long[] data, long... shape) {
        return own(IValue.from((PtNDArray) manager.create(data, new Shape(shape))));
    }

    public IValue tensor(float[] data, long... shape) {
        return own(IValue.from((PtNDArray) manager.create(data, new Shape(shape))));
    }

    /** The first floats of a direct buffer, which is not copied: it must not change before the scope closes. */
    IValue tensor(ByteBuffer floats, long length) {
        ByteBuffer part = floats.slice(0, Math.toIntExact(Float.BYTES * length)).order(ByteOrder.nativeOrder());
        return own(IValue.from(manager.create(part, new Shape(length), DataType.FLOAT32)));
    }

    /** int64, as all indices are. */
    public IValue tensor(int[] data, long... shape) {
        long[] wide = new long[data.length];
        for (int i = 0; i < data.length; i++) {
            wide[i] = data[i];
        }
        return tensor(wide, shape);
    }

    public IValue list(List<IValue> tensors) {
        return own(IValue.listFrom(
                tensors.stream().map(tensor -> tensor.toTensor(manager)).toArray(PtNDArray[]::new)));
    }

    /** A tensor that lives longer than the scope. */
    public IValue borrow(PtNDArray array) {
        return own(IValue.from(array));
    }

    /** A method of the script that returns one value. */
    public IValue call(String method, IValue... arguments) {
        return own(Libtorch.run(script, method, arguments));
    }

    /** A method of the script that returns a tuple. */
    public IValue[] callForTuple(String method, IValue... arguments) {
        IValue[] tuple = call(method, arguments).toIValueTuple();
        for (IValue value : tuple) {
            own(value);
        }
        return tuple;
    }

    /** A value that outlives the scope; its new owner closes it. */
    public IValue release(IValue value) {
        values.remove(value);
        return value;
    }

    public float[] floats(IValue tensor) {
        FloatBuffer from = bytes(tensor).asFloatBuffer();
        float[] to = new float[from.remaining()];
        from.get(to);
        return to;
    }

    public double[] doubles(IValue tensor) {
        var from = bytes(tensor).asDoubleBuffer();
        double[] to = new double[from.remaining()];
        from.get(to);
        return to;
    }

    public long[] longs(IValue tensor) {
        var from = bytes(tensor).asLongBuffer();
        long[] to = new long[from.remaining()];
        from.get(to);
        return to;
    }

    private ByteBuffer bytes(IValue tensor) {
        return tensor.toTensor(manager).toByteBuffer(false);
    }

    private IValue own(IValue value) {
        values.add(value);
        return value;
    }

    @Override
    public void close() {
        values.forEach(IValue::close);
        manager.close();
    }
}
