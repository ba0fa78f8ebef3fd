package dev.tribunal.judge;

import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;

/** No package knows one that stands later, and there are no cycles. */
@AnalyzeClasses(packages = "dev.tribunal.judge", importOptions = ImportOption.DoNotIncludeTests.class)
class PackageOrderTest {

    @ArchTest
    static final ArchRule thereAreNoCycles =
            slices().matching("dev.tribunal.judge.(**)").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule judgesThenFanOutThenRegistry = layeredArchitecture()
            .consideringOnlyDependenciesInLayers()
            .layer("rules")
            .definedBy("dev.tribunal.judge.rules..")
            .layer("llm")
            .definedBy("dev.tribunal.judge.llm..")
            .layer("fanout")
            .definedBy("dev.tribunal.judge.fanout..")
            .layer("openai")
            .definedBy("dev.tribunal.judge.openai..")
            .layer("reward")
            .definedBy("dev.tribunal.judge.reward..")
            .layer("adapter")
            .definedBy("dev.tribunal.judge.adapter..")
            .layer("registry")
            .definedBy("dev.tribunal.judge.registry..")
            .whereLayer("rules")
            .mayOnlyBeAccessedByLayers("registry")
            .whereLayer("llm")
            .mayOnlyBeAccessedByLayers("registry")
            .whereLayer("openai")
            .mayOnlyBeAccessedByLayers("llm", "adapter", "registry")
            .whereLayer("reward")
            .mayOnlyBeAccessedByLayers("registry")
            .whereLayer("adapter")
            .mayOnlyBeAccessedByLayers("registry")
            .whereLayer("fanout")
            .mayOnlyBeAccessedByLayers("openai", "llm", "reward", "adapter", "registry")
            .layer("kubernetes")
            .definedBy("dev.tribunal.judge.kubernetes..")
            .whereLayer("registry")
            .mayOnlyBeAccessedByLayers("kubernetes")
            .whereLayer("kubernetes")
            .mayNotBeAccessedByAnyLayer();

    /** A rule or a template can be read, tested and used without a server. */
    @ArchTest
    static final ArchRule rulesKnowNeitherSpringNorTheDatabase = ArchRuleDefinition.noClasses()
            .that()
            .resideInAPackage("dev.tribunal.judge.rules..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.springframework..", "jakarta..");
}
