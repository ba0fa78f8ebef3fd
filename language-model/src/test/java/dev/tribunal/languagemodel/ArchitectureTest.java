package dev.tribunal.languagemodel;

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

    /** The public package is the rooms' vocabulary; of it only the door and what stands behind it look into them. */
    @ArchTest
    static final ArchRule THE_SURFACE_DOES_NOT_KNOW_THE_ROOMS = noClasses()
            .that()
            .resideInAPackage("dev.tribunal.languagemodel")
            .and()
            .haveSimpleNameNotStartingWith("Local")
            .should()
            .dependOnClassesThat()
            .resideInAPackage(ROOM + "*..");

    @ArchTest
    static final ArchRule THE_ROOMS_DO_NOT_KNOW_THE_DOOR = noClasses()
            .that()
            .resideInAPackage(ROOM + "*..")
            .should()
            .dependOnClassesThat()
            .haveNameMatching("dev\\.tribunal\\.languagemodel\\.Local.*");

    @ArchTest
    static final ArchRule NOTHING_OF_DJL_SHOWS = noClasses()
            .that()
            .resideInAPackage("dev.tribunal.languagemodel")
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
