package dev.tribunal.chattemplate;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import org.junit.jupiter.api.Test;

/** Templates are rendered without anything else. */
class NoDependencyTest {

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new DoNotIncludeTests())
            .importPackages("dev.tribunal.chattemplate");

    @Test
    void onlyJavaIsKnown() {
        classes()
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage("dev.tribunal.chattemplate..", "java..", "org.jspecify.annotations..")
                .check(CLASSES);
    }

    /** The root package is the door, and the exception that all of them throw. */
    @Test
    void textBecomesATreeAndATreeBecomesText() {
        layeredArchitecture()
                .consideringOnlyDependenciesInLayers()
                .layer("value")
                .definedBy("dev.tribunal.chattemplate.value")
                .layer("syntax")
                .definedBy("dev.tribunal.chattemplate.syntax")
                .layer("rendering")
                .definedBy("dev.tribunal.chattemplate.rendering")
                .whereLayer("value")
                .mayNotAccessAnyLayer()
                .whereLayer("syntax")
                .mayOnlyAccessLayers("value")
                .check(CLASSES);
    }
}
