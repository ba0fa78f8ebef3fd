package dev.tribunal.methods;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import dev.tribunal.input.Findings;
import dev.tribunal.methods.combiner.GradientCombiner;
import dev.tribunal.methods.online.Grpo;
import dev.tribunal.methods.online.Grpo.Importance;
import dev.tribunal.methods.online.Grpo.Mean;
import dev.tribunal.methods.preference.PreferenceMethod;
import dev.tribunal.methods.reward.RewardTransform;
import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.NotEmpty;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class MethodCatalogueTest {

    @Test
    void theNamesAreThoseOfSpecs() {
        assertThat(MethodCatalogue.methods().keySet())
                .containsExactly(
                        "crpg",
                        "crraft",
                        "codpo",
                        "ppo",
                        "pf-ppo",
                        "pama",
                        "safe-rlhf",
                        "grpo",
                        "rloo",
                        "reinforce",
                        "raft",
                        "online-dpo",
                        "dpo",
                        "ipo",
                        "simpo",
                        "cpo",
                        "tdpo",
                        "cpl",
                        "lcpo",
                        "a-lol",
                        "sft");
        assertThat(MethodCatalogue.combiners().keySet())
                .containsExactly("weighted-sum", "normalised-sum", "mgda", "pcgrad", "cagrad", "pairwise-normalised");
        assertThat(MethodCatalogue.rewardTransforms().keySet())
                .containsExactly(
                        "calibrated", "weighted-sum", "z-norm", "sigmoid", "kl-penalty", "robust", "class-target");
    }

    @Test
    void whatIsWrittenIsRegistered() {
        assertThat(records(Method.class))
                .isEqualTo(names(MethodCatalogue.methods().values()));
        assertThat(records(GradientCombiner.class))
                .isEqualTo(names(MethodCatalogue.combiners().values()));
        assertThat(records(RewardTransform.class))
                .isEqualTo(names(MethodCatalogue.rewardTransforms().values()));
        assertThat(records(PreferenceMethod.class))
                .as("online DPO takes each loss of pairs")
                .isEqualTo(
                        names(MethodCatalogue.registered(PreferenceMethod.class).values()));
    }

    /** A reader that is told nothing else lets every number through. */
    @Test
    void everyNumberHasABound() {
        List<String> unbounded = all().filter(Class::isRecord)
                .flatMap(type -> Stream.of(type.getRecordComponents()))
                .filter(MethodCatalogueTest::isNumber)
                .filter(component -> Stream.of(Max.class, DecimalMax.class, NotEmpty.class)
                        .noneMatch(bound -> component.getAccessor().isAnnotationPresent(bound)))
                .map(component -> component.getDeclaringRecord().getSimpleName() + "." + component.getName())
                .toList();
        assertThat(unbounded).isEmpty();
    }

    private static boolean isNumber(RecordComponent component) {
        Class<?> type = component.getType();
        return type == double.class || type == int.class || Number.class.isAssignableFrom(type) || type == Map.class;
    }

    /** The reader finds the field that tells records apart on the interfaces that a record names. */
    @Test
    void eachNamesAnInterfaceThatTellsItApart() {
        assertThat(all())
                .allSatisfy(type -> assertThat(type.getInterfaces())
                        .as("%s", type)
                        .containsAnyOf(
                                Method.class, PreferenceMethod.class, GradientCombiner.class, RewardTransform.class));
    }

    @Test
    void eachSaysWhereItIsPublished() {
        assertThat(FiniteDifferencesTest.methods())
                .allSatisfy(method -> assertThat(method.paper()).matches("arXiv \\d{4}\\.\\d{4,5}|.*\\(\\d{4}\\)"));
    }

    @Test
    void drGrpoNeedsItsLengthAndNothingElseHasOne() {
        assertThat(mistakes(Mean.LENGTH, null)).containsExactly("/length is missing: mean 'length' divides by it");
        assertThat(mistakes(Mean.TOKEN, 5)).singleElement().asString().contains("remove it");
        assertThat(mistakes(Mean.LENGTH, 5)).isEmpty();
        assertThat(mistakes(Mean.SEQUENCE, null)).isEmpty();
    }

    private static List<String> mistakes(Mean mean, @Nullable Integer length) {
        List<String> mistakes = new ArrayList<>();
        new Grpo(0.2, 0.2, Importance.TOKEN, mean, length, true, 0, 0, false).check(new Findings() {
            @Override
            public boolean sound(String pointer) {
                return true;
            }

            @Override
            public void mistake(String pointer, String detail) {
                mistakes.add(pointer + " " + detail);
            }
        });
        return mistakes;
    }

    private static Stream<Class<?>> all() {
        return Stream.of(
                        MethodCatalogue.methods().values(),
                        MethodCatalogue.combiners().values(),
                        MethodCatalogue.rewardTransforms().values())
                .flatMap(Collection::stream);
    }

    private static Set<String> names(Collection<? extends Class<?>> types) {
        return types.stream().map(Class::getName).collect(Collectors.toSet());
    }

    private static Set<String> records(Class<?> kind) {
        return new ClassFileImporter()
                .withImportOption(new DoNotIncludeTests()).importPackages("dev.tribunal.methods").stream()
                        .filter(type -> type.isRecord() && type.isAssignableTo(kind))
                        .map(JavaClass::getName)
                        .collect(Collectors.toSet());
    }
}
