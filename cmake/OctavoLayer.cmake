# A layer is an include root and a link list, so an include against the arrows ui -> app -> engine does not compile:
# each layer sees its own folder and the public headers (<layer>/include) of what it USES, which is linked privately
# and therefore not handed on.
#
#   octavo_layer(app USES octavo_engine PUBLIC Qt6::Core PRIVATE SQLiteCpp)
#
# Sources are all .cpp files below the layer's folder, except main.cpp and the folders of programs: bench/, cli/, examples/.
function(octavo_layer name)
    cmake_parse_arguments(ARG "" "" "USES;PUBLIC;PRIVATE" ${ARGN})
    set(folder ${CMAKE_CURRENT_SOURCE_DIR})
    # Below the layer only: where the whole tree lies may be called bench, too.
    file(GLOB_RECURSE sources CONFIGURE_DEPENDS RELATIVE ${folder} ${folder}/*.cpp ${folder}/*.h ${folder}/*.qrc)
    list(FILTER sources EXCLUDE REGEX "(^|/)main\\.cpp$|(^|/)(bench|cli|examples)/")
    add_library(octavo_${name} STATIC ${sources})
    target_include_directories(octavo_${name} PUBLIC ${folder}/include PRIVATE ${folder})
    target_link_libraries(octavo_${name} PUBLIC octavo_base ${ARG_PUBLIC} PRIVATE octavo_warnings ${ARG_USES} ${ARG_PRIVATE})
    # What a layer's own tests and main programs may see beyond its public face: its folder.
    add_library(octavo_${name}_internals INTERFACE)
    target_include_directories(octavo_${name}_internals INTERFACE ${folder})
    target_link_libraries(octavo_${name}_internals INTERFACE octavo_${name} ${ARG_USES} ${ARG_PRIVATE})
endfunction()
