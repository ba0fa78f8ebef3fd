package dev.tribunal.languagemodel.local;

import dev.tribunal.languagemodel.Capability;
import dev.tribunal.languagemodel.ChatTokenizer;
import dev.tribunal.languagemodel.CheckpointException;
import dev.tribunal.languagemodel.CheckpointSummary;
import dev.tribunal.languagemodel.Engine;
import dev.tribunal.languagemodel.EngineOptions;
import dev.tribunal.languagemodel.LanguageModel;
import dev.tribunal.languagemodel.Lora;
import dev.tribunal.languagemodel.ScoringModel;
import dev.tribunal.languagemodel.SoupPart;
import dev.tribunal.languagemodel.WeightType;
import dev.tribunal.languagemodel.adapter.Adapter;
import dev.tribunal.languagemodel.adapter.AdapterDirectory;
import dev.tribunal.languagemodel.adapter.AdapterLayout;
import dev.tribunal.languagemodel.adapter.InitialAdapter;
import dev.tribunal.languagemodel.adapter.MergedWeights;
import dev.tribunal.languagemodel.architecture.ModelConfiguration;
import dev.tribunal.languagemodel.checkpoint.CheckpointDirectory;
import dev.tribunal.languagemodel.checkpoint.CheckpointWriter;
import dev.tribunal.languagemodel.checkpoint.Companions;
import dev.tribunal.languagemodel.checkpoint.FloatSource;
import dev.tribunal.languagemodel.checkpoint.RandomWeights;
import dev.tribunal.languagemodel.checkpoint.WeightLayout;
import dev.tribunal.languagemodel.checkpoint.WeightLayout.Head;
import dev.tribunal.languagemodel.checkpoint.WeightedMean;
import dev.tribunal.languagemodel.tokenizer.HuggingFaceChatTokenizer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Models in this process, held by libtorch: Hugging Face checkpoint directories in and out. */
public final class LocalEngine implements Engine {

    private static final double SOUP_TOLERANCE = 1e-6;

    @Override
    public Set<Capability> capabilities() {
        return EnumSet.allOf(Capability.class);
    }

    @Override
    public CheckpointSummary inspect(Path directory) {
        CheckpointDirectory opened = CheckpointDirectory.open(directory);
        try (var tokenizer = HuggingFaceChatTokenizer.of(directory, opened.companions())) {
            requireFits(directory, opened.configuration(), tokenizer);
            return new CheckpointSummary(
                    opened.configuration(),
                    opened.layout(opened.head()).size(),
                    opened.digest(),
                    opened.head() instanceof Head.Scores(List<String> labels) ? labels : List.of(),
                    tokenizer.hasChatTemplate(),
                    tokenizer.unlistedTurnEnd());
        }
    }

    @Override
    public ModelConfiguration configuration(Path directory) {
        return CheckpointDirectory.open(directory).configuration();
    }

    @Override
    public <T> T withTokenizer(Path directory, Function<ChatTokenizer, T> use) {
        try (var tokenizer = HuggingFaceChatTokenizer.of(directory, Companions.readTokenizer(directory))) {
            return use.apply(tokenizer);
        }
    }

    @Override
    public LanguageModel load(Path directory, EngineOptions options) {
        return new LocalLanguageModel(CheckpointDirectory.open(directory), options, null);
    }

    @Override
    public LanguageModel loadWithNewAdapter(Path directory, EngineOptions options, Lora lora, long seed) {
        CheckpointDirectory opened = CheckpointDirectory.open(directory);
        AdapterLayout layout = AdapterLayout.of(opened.layout(opened.head()), lora);
        return new LocalLanguageModel(opened, options, new Adapter(layout, new InitialAdapter(seed)));
    }

    @Override
    public LanguageModel loadWithAdapter(Path directory, EngineOptions options, Path adapterDirectory) {
        CheckpointDirectory opened = CheckpointDirectory.open(directory);
        AdapterDirectory adapter =
                AdapterDirectory.open(adapterDirectory, opened.layout(opened.head()), options.trainable());
        return new LocalLanguageModel(opened, options, new Adapter(adapter.layout(), adapter));
    }

    @Override
    public void mergeAdapter(Path directory, Path adapterDirectory, @Nullable WeightType weightType, Path merged) {
        CheckpointDirectory opened = CheckpointDirectory.open(directory);
        WeightLayout layout = opened.layout(opened.head());
        CheckpointWriter.write(
                merged,
                opened.companions(),
                opened.head(),
                layout,
                weightType == null ? opened.weightType() : weightType,
                merged(opened, adapterDirectory));
    }

    @Override
    public ScoringModel loadScoring(Path directory, EngineOptions options) {
        CheckpointDirectory opened = CheckpointDirectory.open(directory);
        if (opened.head() instanceof Head.Scores head) {
            return new LocalScoringModel(opened, head, options, null, null);
        }
        throw new CheckpointException(
                directory, directory + " has no head of scores (score.weight): it is no scoring model");
    }

    @Override
    public ScoringModel withScalarHead(Path languageModelDirectory, EngineOptions options) {
        CheckpointDirectory opened = CheckpointDirectory.open(languageModelDirectory);
        if (opened.head() instanceof Head.Scores) {
            throw new CheckpointException(
                    languageModelDirectory, languageModelDirectory + " has a head of scores already: load it instead");
        }
        return new LocalScoringModel(opened, new Head.Scores(Companions.unnamedLabels(1)), options, null, null);
    }

    @Override
    public ScoringModel withHead(Path directory, List<String> labels, long seed, EngineOptions options) {
        Head.Scores head = newHead(labels);
        CheckpointDirectory opened = CheckpointDirectory.open(directory);
        RandomWeights random = new RandomWeights(seed, opened.configuration().layers());
        return new LocalScoringModel(opened, head, options, random, null);
    }

    @Override
    public ScoringModel withHeadAndAdapter(
            Path directory, List<String> labels, long seed, EngineOptions options, Lora lora) {
        Head.Scores head = newHead(labels);
        CheckpointDirectory opened = CheckpointDirectory.open(directory);
        RandomWeights random = new RandomWeights(seed, opened.configuration().layers());
        AdapterLayout layout = AdapterLayout.withHead(opened.layout(head), lora);
        return new LocalScoringModel(opened, head, options, random, new Adapter(layout, new InitialAdapter(seed)));
    }

    private static Head.Scores newHead(List<String> labels) {
        if (labels.isEmpty()) {
            throw new IllegalArgumentException("a head needs at least one label");
        }
        return new Head.Scores(labels);
    }

    @Override
    public void initialize(ModelConfiguration configuration, Path tokenizerDirectory, long seed, Path directory) {
        Companions tokenizerFiles = Companions.readTokenizer(tokenizerDirectory);
        Companions companions;
        try (var tokenizer = HuggingFaceChatTokenizer.of(tokenizerDirectory, tokenizerFiles)) {
            requireFits(tokenizerDirectory, configuration, tokenizer);
            companions = tokenizerFiles.configuredAs(configuration, tokenizer.endOfSequenceIds());
        }
        Head head = Head.ofLanguageModel(configuration);
        WeightLayout layout = WeightLayout.of(configuration, head);
        CheckpointWriter.write(
                directory, companions, head, layout, WeightType.F32, new RandomWeights(seed, configuration.layers()));
    }

    @Override
    public void soup(List<SoupPart> parts, @Nullable WeightType weightType, Path directory) {
        double sum = parts.stream().mapToDouble(SoupPart::weight).sum();
        if (!(Math.abs(sum - 1) <= SOUP_TOLERANCE)) {
            throw new IllegalArgumentException(
                    "the weights of " + parts.size() + " models add up to " + sum + ", but must add up to 1");
        }
        List<FloatSource> sources = new ArrayList<>();
        CheckpointDirectory first = CheckpointDirectory.open(parts.getFirst().checkpoint());
        for (SoupPart part : parts) {
            CheckpointDirectory opened = CheckpointDirectory.open(part.checkpoint());
            requireSameShape(first, opened);
            sources.add(merged(opened, part.adapter()));
        }
        CheckpointWriter.write(
                directory,
                first.companions(),
                first.head(),
                first.layout(first.head()),
                weightType == null ? first.weightType() : weightType,
                new WeightedMean(
                        sources, parts.stream().mapToDouble(SoupPart::weight).toArray()));
    }

    private static FloatSource merged(CheckpointDirectory checkpoint, @Nullable Path adapterDirectory) {
        if (adapterDirectory == null) {
            return checkpoint;
        }
        AdapterDirectory adapter = AdapterDirectory.open(adapterDirectory, checkpoint.layout(checkpoint.head()), false);
        return new MergedWeights(checkpoint, adapter.layout(), adapter);
    }

    private static void requireSameShape(CheckpointDirectory first, CheckpointDirectory other) {
        if (!first.configuration().equals(other.configuration())
                || !first.head().equals(other.head())) {
            throw new CheckpointException(
                    other.path(),
                    other.path() + " is of another shape than " + first.path() + ", or scores other labels: "
                            + other.configuration() + " with " + other.head() + ", not " + first.configuration()
                            + " with " + first.head());
        }
    }

    private static void requireFits(Path directory, ModelConfiguration configuration, ChatTokenizer tokenizer) {
        if (tokenizer.vocabularySize() > configuration.vocabularySize()) {
            throw new CheckpointException(
                    directory,
                    directory + ": the tokenizer has " + tokenizer.vocabularySize()
                            + " tokens, but the model's vocabulary has " + configuration.vocabularySize());
        }
    }
}
