package dev.tribunal.languagemodel.checkpoint;

import dev.tribunal.languagemodel.architecture.Attention;
import dev.tribunal.languagemodel.architecture.ModelConfiguration;
import java.util.ArrayList;
import java.util.List;

/**
 * Where a model's tensors lie in one row of floats. Those that are multiplied with the same input stand next to each
 * other, so that query, key and value are one matrix, and so are gate and up.
 *
 * @param tensors as the files name them, in order, without gaps
 * @param parts the matrices and vectors that the decoder computes with, in the order that {@code llama.py} says
 * @param size of the row
 */
public record WeightLayout(List<Tensor> tensors, List<Part> parts, long size) {

    private static final String SCORES = "score.weight";

    /** What stands on top of the decoder. */
    public sealed interface Head {

        static Head ofLanguageModel(ModelConfiguration model) {
            return model.tiedEmbeddings() ? new Tied() : new Vocabulary();
        }

        /** Logits by the embedding's own weights. */
        record Tied() implements Head {}

        /** Logits by {@code lm_head.weight}. */
        record Vocabulary() implements Head {}

        /** A score for each label by {@code score.weight}. */
        record Scores(List<String> labels) implements Head {
            public Scores {
                labels = List.copyOf(labels);
            }
        }
    }

    /** {@code offset} in floats. */
    public record Tensor(String name, long[] shape, long offset) {
        public long size() {
            return WeightLayout.size(shape);
        }
    }

    /** {@code offset} in floats. */
    public record Part(long offset, long[] shape) {

        public boolean holds(Tensor tensor) {
            return tensor.offset() >= offset && tensor.offset() < offset + WeightLayout.size(shape);
        }
    }

    public static WeightLayout of(ModelConfiguration model, Head head) {
        return new Builder().model(model, head);
    }

    /**
     * The weights of a head of scores.
     *
     * @throws java.util.NoSuchElementException if the head is of another kind
     */
    public Tensor scores() {
        return tensors.stream()
                .filter(tensor -> tensor.name().equals(SCORES))
                .findFirst()
                .orElseThrow();
    }

    static long size(long[] shape) {
        long size = 1;
        for (long length : shape) {
            size = Math.multiplyExact(size, length);
        }
        return size;
    }

    private static final class Builder {

        private final List<Tensor> tensors = new ArrayList<>();
        private final List<Part> parts = new ArrayList<>();
        private long size;

        WeightLayout model(ModelConfiguration model, Head head) {
            long hidden = model.hiddenSize();
            part(tensor("model.embed_tokens.weight", model.vocabularySize(), hidden));
            part(tensor("model.norm.weight", hidden));
            switch (head) {
                case Head.Tied _ -> parts.add(parts.getFirst());
                case Head.Vocabulary _ -> part(tensor("lm_head.weight", model.vocabularySize(), hidden));
                case Head.Scores(List<String> labels) -> part(tensor(SCORES, labels.size(), hidden));
            }
            for (int layer = 0; layer < model.layers(); layer++) {
                layer(model, "model.layers." + layer + ".");
            }
            return new WeightLayout(List.copyOf(tensors), List.copyOf(parts), size);
        }

        private void layer(ModelConfiguration model, String prefix) {
            long hidden = model.hiddenSize();
            long queries = (long) model.attentionHeads() * model.headDimension();
            long keys = (long) model.keyValueHeads() * model.headDimension();
            part(tensor(prefix + "input_layernorm.weight", hidden));
            part(
                    tensor(prefix + "self_attn.q_proj.weight", queries, hidden),
                    tensor(prefix + "self_attn.k_proj.weight", keys, hidden),
                    tensor(prefix + "self_attn.v_proj.weight", keys, hidden));
            part(tensor(prefix + "self_attn.o_proj.weight", hidden, queries));
            part(tensor(prefix + "post_attention_layernorm.weight", hidden));
            part(
                    tensor(prefix + "mlp.gate_proj.weight", model.intermediateSize(), hidden),
                    tensor(prefix + "mlp.up_proj.weight", model.intermediateSize(), hidden));
            part(tensor(prefix + "mlp.down_proj.weight", hidden, model.intermediateSize()));
            Attention attention = model.attention();
            if (attention.inputBias()) {
                part(
                        tensor(prefix + "self_attn.q_proj.bias", queries),
                        tensor(prefix + "self_attn.k_proj.bias", keys),
                        tensor(prefix + "self_attn.v_proj.bias", keys));
            } else {
                noPart();
            }
            vectorIf(attention.outputBias(), prefix + "self_attn.o_proj.bias", hidden);
            vectorIf(attention.headNorms(), prefix + "self_attn.q_norm.weight", model.headDimension());
            vectorIf(attention.headNorms(), prefix + "self_attn.k_norm.weight", model.headDimension());
        }

        private void vectorIf(boolean there, String name, long length) {
            if (there) {
                part(tensor(name, length));
            } else {
                noPart();
            }
        }

        /** An empty vector, so that a layer's parts are as many in every architecture. */
        private void noPart() {
            parts.add(new Part(0, new long[] {0}));
        }

        private Tensor tensor(String name, long... shape) {
            Tensor tensor = new Tensor(name, shape, size);
            tensors.add(tensor);
            size += tensor.size();
            return tensor;
        }

        /** Tensors on top of each other as one. */
        private void part(Tensor... stacked) {
            long[] shape = stacked[0].shape().clone();
            for (int i = 1; i < stacked.length; i++) {
                shape[0] += stacked[i].shape()[0];
            }
            parts.add(new Part(stacked[0].offset(), shape));
        }
    }
}
