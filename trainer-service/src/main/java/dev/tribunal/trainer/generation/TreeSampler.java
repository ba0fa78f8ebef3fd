package dev.tribunal.trainer.generation;

import dev.tribunal.languagemodel.LanguageModel;
import dev.tribunal.languagemodel.sampling.FinishReason;
import dev.tribunal.languagemodel.sampling.SamplingOptions;
import dev.tribunal.languagemodel.sampling.SamplingRequest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Samples the completions of a prompt as the leaves of a prefix tree (arXiv 2402.10184): what several leaves share is sampled
 * once, and each goes on from it.
 */
public final class TreeSampler {

    private final LanguageModel model;
    private final SamplingOptions options;
    private final int depth;
    private final int branching;
    private final int segmentTokens;

    /**
     * @param options whose {@code maxNewTokens} are of a whole completion
     * @param depth how often it branches: at the prompt, and after each segment but the last
     * @param branching branches of each
     * @param segmentTokens tokens of a segment that is not the last
     */
    public TreeSampler(LanguageModel model, SamplingOptions options, int depth, int branching, int segmentTokens) {
        this.model = model;
        this.options = options;
        this.depth = depth;
        this.branching = branching;
        this.segmentTokens = segmentTokens;
    }

    /**
     * A completion, and how it came about.
     *
     * @param path the number of the branch taken at each branching; shorter than the depth where a completion ended early
     * @param segments token ids between them; together they are the completion's
     */
    public record Leaf(Completion completion, List<Integer> path, List<int[]> segments) {}

    /** The random key of a branch. */
    @FunctionalInterface
    public interface Keys {
        /**
         * @param prompt index of the prompt
         * @param node number of the branch in its tree, different for each
         */
        long of(int prompt, int node);
    }

    private record Node(int prompt, int number, List<Integer> path, List<Completion> segments) {

        Node child(int branch, int number, Completion segment) {
            List<Integer> longer = new ArrayList<>(path);
            longer.add(branch);
            List<Completion> more = new ArrayList<>(segments);
            more.add(segment);
            return new Node(prompt, number, longer, more);
        }

        int tokens() {
            return segments.stream().mapToInt(segment -> segment.ids().length).sum();
        }

        boolean hasEnded() {
            return !segments.isEmpty() && segments.getLast().finishReason() == FinishReason.STOP;
        }
    }

    /**
     * @param prompts token ids
     * @param stopIfAsked called at each token, and throws if nobody wants the completions any more
     * @return the leaves of each prompt, in the order of their paths
     */
    public List<List<Leaf>> sample(List<int[]> prompts, Keys keys, Runnable stopIfAsked) {
        List<Node> nodes = IntStream.range(0, prompts.size())
                .mapToObj(prompt -> new Node(prompt, 0, List.of(), List.of()))
                .toList();
        for (int level = 1; level <= depth; level++) {
            nodes = grown(nodes, prompts, keys, level == depth, stopIfAsked);
        }
        List<List<Leaf>> leaves = new ArrayList<>();
        prompts.forEach(prompt -> leaves.add(new ArrayList<>()));
        nodes.forEach(node -> leaves.get(node.prompt()).add(leaf(node)));
        return leaves;
    }

    /** Every node that has not ended branches, those that have stay. */
    private List<Node> grown(List<Node> nodes, List<int[]> prompts, Keys keys, boolean last, Runnable stopIfAsked) {
        List<Node> open = nodes.stream().filter(this::goesOn).toList();
        List<SamplingRequest> requests = open.stream()
                .map(node -> request(node, prompts.get(node.prompt()), keys, last))
                .toList();
        List<List<Completion>> sampled =
                new ArrayList<>(open.stream().map(node -> List.<Completion>of()).toList());
        new GroupSampler(model, options).sample(requests, sampled::set, stopIfAsked);
        List<Node> all = new ArrayList<>();
        int next = 0;
        for (Node node : nodes) {
            if (goesOn(node)) {
                List<Completion> segments = sampled.get(next++);
                for (int branch = 0; branch < branching; branch++) {
                    all.add(node.child(branch, number(node, branch), segments.get(branch)));
                }
            } else {
                all.add(node);
            }
        }
        return all;
    }

    private boolean goesOn(Node node) {
        return !node.hasEnded() && node.tokens() < options.maxNewTokens();
    }

    private SamplingRequest request(Node node, int[] prompt, Keys keys, boolean last) {
        int[] prefix = Arrays.copyOf(prompt, prompt.length + node.tokens());
        int[] path = ids(node.segments());
        System.arraycopy(path, 0, prefix, prompt.length, path.length);
        int room = options.maxNewTokens() - node.tokens();
        int[] lengths = new int[branching];
        Arrays.fill(lengths, last ? room : Math.min(segmentTokens, room));
        return new SamplingRequest(
                prefix,
                IntStream.range(0, branching)
                        .mapToLong(branch -> keys.of(node.prompt(), number(node, branch)))
                        .toArray(),
                lengths);
    }

    /** As in a heap: the prompt is 0, its branches are 1 to B. */
    private int number(Node node, int branch) {
        return node.number() * branching + branch + 1;
    }

    private Leaf leaf(Node node) {
        int[] ids = ids(node.segments());
        float[] logProbs = new float[ids.length];
        int from = 0;
        for (Completion segment : node.segments()) {
            System.arraycopy(segment.logProbs(), 0, logProbs, from, segment.logProbs().length);
            from += segment.logProbs().length;
        }
        return new Leaf(
                new Completion(
                        ids,
                        logProbs,
                        model.tokenizer().decode(ids),
                        node.segments().getLast().finishReason()),
                List.copyOf(node.path()),
                node.segments().stream().map(Completion::ids).toList());
    }

    private static int[] ids(List<Completion> segments) {
        return segments.stream()
                .flatMapToInt(segment -> Arrays.stream(segment.ids()))
                .toArray();
    }
}
