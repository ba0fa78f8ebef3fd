package dev.tribunal.languagemodel;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "dev.tribunal.languagemodel", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {

    private static final String ROOM = "dev.tribunal.languagemodel.";

    @ArchTest
    static final ArchRule ROOMS_DO_NOT_GO_IN_CIRCLES =
            slices().matching("dev.tribunal.languagemodel.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule TOKENS_FLOW_ONE_WAY = layeredArchitecture()
            .consideringOnlyDependenciesInLayers()
            .layer("checkpoint")
            .definedBy(ROOM + "checkpoint")
            .layer("tokenizer")
            .definedBy(ROOM + "tokenizer")
            .layer("adapter")
            .definedBy(ROOM + "adapter")
            .layer("decoder")
            .definedBy(ROOM + "decoder")
            .layer("generation")
            .definedBy(ROOM + "generation")
            .layer("training")
            .definedBy(ROOM + "training")
            .layer("head")
            .definedBy(ROOM + "head")
            .whereLayer("checkpoint")
            .mayNotAccessAnyLayer()
            .whereLayer("tokenizer")
            .mayOnlyAccessLayers("checkpoint")
            .whereLayer("adapter")
            .mayOnlyAccessLayers("checkpoint")
            .whereLayer("decoder")
            .mayOnlyAccessLayers("checkpoint", "adapter")
            .whereLayer("generation")
            .mayOnlyAccessLayers("decoder")
            .whereLayer("training")
            .mayOnlyAccessLayers("checkpoint", "decoder")
            .whereLayer("head")
            .mayOnlyAccessLayers("decoder", "training");

    /** The vocabulary of all packages, and the interfaces that {@code local} implements. */
    @ArchTest
    static final ArchRule THE_SURFACE_KNOWS_NO_IMPLEMENTATION = noClasses()
            .that()
            .resideInAnyPackage("dev.tribunal.languagemodel", ROOM + "architecture", ROOM + "sampling")
            .should()
            .dependOnClassesThat(resideInAPackage(ROOM + "*..")
                    .and(resideOutsideOfPackages(ROOM + "architecture", ROOM + "sampling")));

    @ArchTest
    static final ArchRule NO_PACKAGE_KNOWS_THE_ENGINE_OF_ALL = noClasses()
            .that()
            .resideOutsideOfPackage(ROOM + "local")
            .should()
            .dependOnClassesThat()
            .resideInAPackage(ROOM + "local");

    @ArchTest
    static final ArchRule NOTHING_OF_DJL_SHOWS = noClasses()
            .that()
            .resideInAnyPackage("dev.tribunal.languagemodel", ROOM + "architecture", ROOM + "sampling", ROOM + "local")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("ai.djl..");

    @ArchTest
    static final ArchRule FILES_ARE_READ_WITHOUT_DJL = classes()
            .that()
            .resideInAnyPackage(ROOM + "checkpoint", ROOM + "adapter")
            .should()
            .onlyDependOnClassesThat()
            .resideOutsideOfPackage("ai.djl..");
}
