package dev.tribunal.languagemodel.adapter;

import dev.tribunal.languagemodel.Lora;
import dev.tribunal.languagemodel.LoraTarget;
import dev.tribunal.languagemodel.checkpoint.WeightLayout;
import dev.tribunal.languagemodel.checkpoint.WeightLayout.Part;
import dev.tribunal.languagemodel.checkpoint.WeightLayout.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Where an adapter's matrices lie in one row of floats. Maps with the same input are one matrix of the decoder's
 * (query, key and value; gate and up), so the A of those that are adapted stand on top of each other too, and their B
 * follow one by one.
 *
 * @param row the adapter's tensors under PEFT's names, without gaps
 * @param products the adapted matrices of the decoder
 */
public record AdapterLayout(Lora lora, WeightLayout row, List<Product> products) {

    private static final String PREFIX = "base_model.model.";
    private static final String WEIGHT = ".weight";

    /**
     * An adapted matrix of the decoder.
     *
     * @param part which of the decoder's matrices it is
     * @param a all its slices' A, {@code [slices * rank, in]}
     * @param slices in the order of their outputs
     */
    public record Product(int part, Part a, List<Slice> slices) {}

    /**
     * One adapted map.
     *
     * @param adapts the checkpoint's tensor
     * @param firstOutput where its outputs begin among the matrix's
     * @param a {@code [rank, in]}
     * @param b {@code [out, rank]}
     */
    public record Slice(Tensor adapts, long firstOutput, Tensor a, Tensor b) {}

    public static AdapterLayout of(WeightLayout base, Lora lora) {
        return new Builder(base, lora, false).build();
    }

    /** With the head of scores as one more map: a head that is new has to be trained beside what the adapter is for. */
    public static AdapterLayout withHead(WeightLayout base, Lora lora) {
        return new Builder(base, lora, true).build();
    }

    /** Which map of its layer a checkpoint's tensor is, if it is one that adapters know. */
    private static Optional<LoraTarget> target(Tensor tensor) {
        if (!tensor.name().endsWith(WEIGHT)) {
            return Optional.empty();
        }
        String module = tensor.name().substring(0, tensor.name().length() - WEIGHT.length());
        return LoraTarget.of(module.substring(module.lastIndexOf('.') + 1));
    }

    private static final class Builder {

        private final WeightLayout base;
        private final Lora lora;
        private final boolean head;
        private final List<Tensor> tensors = new ArrayList<>();
        private long size;

        Builder(WeightLayout base, Lora lora, boolean head) {
            this.base = base;
            this.lora = lora;
            this.head = head;
        }

        private boolean isAdapted(Tensor tensor) {
            return head && tensor.equals(base.scores())
                    || target(tensor).filter(lora.targets()::contains).isPresent();
        }

        AdapterLayout build() {
            List<Product> products = new ArrayList<>();
            for (int part = 0; part < base.parts().size(); part++) {
                Part matrix = base.parts().get(part);
                List<Tensor> adapted = base.tensors().stream()
                        .filter(tensor -> matrix.holds(tensor) && isAdapted(tensor))
                        .toList();
                if (!adapted.isEmpty()) {
                    products.add(product(part, matrix, adapted));
                }
            }
            return new AdapterLayout(
                    lora, new WeightLayout(List.copyOf(tensors), List.of(), size), List.copyOf(products));
        }

        private Product product(int part, Part matrix, List<Tensor> adapted) {
            long inputs = matrix.shape()[1];
            Part a = new Part(size, new long[] {(long) adapted.size() * lora.rank(), inputs});
            List<Tensor> as = adapted.stream()
                    .map(map -> tensor(map, "lora_A", lora.rank(), inputs))
                    .toList();
            List<Slice> slices = new ArrayList<>();
            for (int i = 0; i < adapted.size(); i++) {
                Tensor map = adapted.get(i);
                slices.add(new Slice(
                        map,
                        (map.offset() - matrix.offset()) / inputs,
                        as.get(i),
                        tensor(map, "lora_B", map.shape()[0], lora.rank())));
            }
            return new Product(part, a, List.copyOf(slices));
        }

        private Tensor tensor(Tensor map, String matrix, long... shape) {
            String module = map.name().substring(0, map.name().length() - WEIGHT.length());
            Tensor tensor = new Tensor(PREFIX + module + "." + matrix + WEIGHT, shape, size);
            tensors.add(tensor);
            size += tensor.size();
            return tensor;
        }
    }
}
