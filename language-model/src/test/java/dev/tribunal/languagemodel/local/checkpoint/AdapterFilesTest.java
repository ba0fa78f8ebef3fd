package dev.tribunal.languagemodel.local.checkpoint;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tribunal.languagemodel.CheckpointException;
import dev.tribunal.languagemodel.LanguageModel;
import dev.tribunal.languagemodel.WeightType;
import dev.tribunal.languagemodel.architecture.ModelConfiguration;
import dev.tribunal.languagemodel.local.LocalEngine;
import dev.tribunal.languagemodel.local.LoraGolden;
import dev.tribunal.languagemodel.local.TinyCheckpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** PEFT's adapter directories: merged, and refused by name where they ask for more than plain LoRA. */
class AdapterFilesTest {

    private static final JsonMapper JSON = new JsonMapper();

    @TempDir
    private Path parent;

    private Path base;
    private Path adapter;

    @BeforeEach
    void copy() throws IOException {
        base = LoraGolden.base(parent);
        adapter = Files.createDirectory(parent.resolve("adapter"));
        for (String name : new String[] {"adapter_config.json", "adapter_model.safetensors"}) {
            Files.copy(LoraGolden.file("some/adapter/" + name), adapter.resolve(name));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"all-linear", "some"})
    void mergedItIsAPlainCheckpointWithTheSameLogProbs(String name) {
        merge(LoraGolden.file(name + "/adapter"), null);
        try (LanguageModel merged = new LocalEngine().load(parent.resolve("merged"))) {
            LoraGolden.requireLogProbs(
                    merged.logProbs(LoraGolden.SEQUENCES), LoraGolden.of(name).path("logProbs"), 1e-5);
        }
        assertThatThrownBy(() -> merge(adapter, null)).hasMessageContaining("merged exists already");
    }

    @ParameterizedTest
    @EnumSource(names = {"F16", "BF16"})
    void aCheckpointIn16BitsStaysSoWhenMerged(WeightType type) throws IOException {
        try (LanguageModel model = new LocalEngine().load(base)) {
            model.save(parent.resolve("half"), type);
        }
        new LocalEngine().mergeAdapter(parent.resolve("half"), adapter, null, parent.resolve("merged"));
        new LocalEngine().mergeAdapter(parent.resolve("half"), adapter, WeightType.F32, parent.resolve("fp32"));
        long parameters = new LocalEngine().inspect(base).parameters();
        Path merged = parent.resolve("merged/model.safetensors");
        assertThat(merged.toFile().length()).isBetween(2 * parameters, 3 * parameters);
        assertThat(Files.readString(merged, ISO_8859_1)).contains("\"dtype\":\"" + type + "\"");
        assertThat(parent.resolve("fp32/model.safetensors").toFile().length())
                .isBetween(4 * parameters, 5 * parameters);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            use_dora | true | use_dora is true, which is not supported
            use_rslora | true | use_rslora is true, which is not supported
            bias | "all" | bias is "all", which is not supported
            lora_bias | true | lora_bias is true, which is not supported
            modules_to_save | ["lm_head"] | modules_to_save is ["lm_head"], which is not supported
            rank_pattern | {"q_proj": 2} | rank_pattern is {"q_proj":2}, which is not supported
            alpha_pattern | {"q_proj": 2} | alpha_pattern is {"q_proj":2}, which is not supported
            layers_to_transform | [0] | layers_to_transform is [0], which is not supported
            fan_in_fan_out | true | fan_in_fan_out is true, which is not supported
            init_lora_weights | "pissa" | init_lora_weights is "pissa", which is not supported
            peft_type | "IA3" | peft_type is "IA3", which is not supported
            task_type | "SEQ_CLS" | task_type is "SEQ_CLS", which is not supported
            something_new | 3 | something_new is 3, which is not supported
            target_modules | ".*proj" | target_modules has ".*proj", but must be "all-linear" or a list of q_proj,
            target_modules | ["lm_head", "q_proj"] | target_modules has "lm_head", but must be
            target_modules | [] | target_modules has nothing, but must be
            r | 0 | r is 0, but must be a positive whole number
            lora_alpha | null | lora_alpha is null, but must be a positive number
            r | 4 | q_proj.lora_A.weight has shape [3, 24], but must have [4, 24]
            target_modules | ["q_proj"] | v_proj.lora_A.weight should not be there
            target_modules | ["q_proj", "v_proj", "up_proj", "k_proj"] | k_proj.lora_A.weight is missing
            """)
    void whatIsNotPlainLoraIsRefusedByName(String field, String value, String message) throws IOException {
        configure(field, value);
        refused(message);
    }

    @Test
    void allThatIsWrongIsNamedAtOnce() throws IOException {
        configure("use_dora", "true");
        configure("bias", "\"lora_only\"");
        configure("r", "\"eight\"");
        assertThatThrownBy(() -> merge(adapter, null))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("use_dora is true")
                .hasMessageContaining("bias is \"lora_only\"")
                .hasMessageContaining("r is \"eight\"");
    }

    @Test
    void anAdapterOfAnotherModelIsRefused() {
        Path small = parent.resolve("small");
        new LocalEngine()
                .initialize(
                        new ModelConfiguration("llama", 260, 16, 40, 1, 4, 2, 8, 128, 1e-5, 10_000, true),
                        TinyCheckpoint.tokenizer(parent),
                        1,
                        small);
        assertThatThrownBy(() -> new LocalEngine().mergeAdapter(small, adapter, null, parent.resolve("merged")))
                .hasMessageContaining("does not fit adapter_config.json and the checkpoint")
                .hasMessageContaining("has shape [3, 24], but must have [3, 16]")
                .hasMessageContaining("and 4 more");
    }

    @Test
    void missingFilesAreNamed() throws IOException {
        Files.move(adapter.resolve("adapter_model.safetensors"), adapter.resolve("adapter_model.bin"));
        refused("convert adapter_model.bin to safetensors first");
        Files.delete(adapter.resolve("adapter_model.bin"));
        refused("adapter_model.safetensors does not exist");
        Files.delete(adapter.resolve("adapter_config.json"));
        refused("has no adapter_config.json");
    }

    private void merge(Path from, @Nullable WeightType type) {
        new LocalEngine().mergeAdapter(base, from, type, parent.resolve("merged"));
    }

    private void configure(String field, String value) throws IOException {
        Path file = adapter.resolve("adapter_config.json");
        ObjectNode json = (ObjectNode) JSON.readTree(Files.readAllBytes(file));
        json.set(field, JSON.readTree(value));
        Files.write(file, JSON.writeValueAsBytes(json));
    }

    private void refused(String message) {
        assertThatThrownBy(() -> merge(adapter, null))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining(message);
    }
}
