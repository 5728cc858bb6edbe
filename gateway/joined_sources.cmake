# Sources of one folder are compiled together: most of what a file costs the compiler are headers that
# its neighbours include too. So names in the unnamed namespaces of a folder have to differ.
#
# CMake's own UNITY_BUILD writes absolute paths into what it compiles, so that no compiler cache would
# serve a second working tree.
set(PULSEGATE_JOINED 12 CACHE STRING
    "How many sources of a folder are compiled together at most; 1: each by itself")
# Folders whose sources make much code of Beast's, Asio's or CLI11's templates: half as many, so that a
# change in one of them is compiled within 15 s.
set(folders_of_templates admin command net/upstream server)

# Sets `result` to sources that include the given ones, at most so many in each.
# directory: where they are written; of the build, and of this call alone.
# ARGN: absolute paths below gateway/.
function(join_sources result directory)
    set(folders)
    foreach(source IN LISTS ARGN)
        cmake_path(RELATIVE_PATH source BASE_DIRECTORY ${CMAKE_SOURCE_DIR}/gateway)
        cmake_path(GET source PARENT_PATH folder)
        list(APPEND folders "${folder}")
        list(APPEND sources_of_${folder} ${source})
    endforeach()
    list(REMOVE_DUPLICATES folders)

    set(joined)
    foreach(folder IN LISTS folders)
        set(sources ${sources_of_${folder}})
        list(SORT sources)
        list(LENGTH sources count)
        set(most ${PULSEGATE_JOINED})
        if(folder IN_LIST folders_of_templates)
            math(EXPR most "(${most} + 1) / 2")
        endif()
        math(EXPR units "(${count} + ${most} - 1) / ${most}")
        math(EXPR size "(${count} + ${units} - 1) / ${units}") # alike, not eleven and one
        string(REPLACE "/" "_" name "${folder}")
        foreach(unit RANGE 1 ${units})
            math(EXPR first "(${unit} - 1) * ${size}")
            list(SUBLIST sources ${first} ${size} part)
            list(TRANSFORM part REPLACE "(.+)" "#include \"\\1\"\n")
            list(JOIN part "" includes)
            set(file ${directory}/${name}_${unit}.cpp)
            file(CONFIGURE OUTPUT ${file} CONTENT "${includes}" @ONLY)
            list(APPEND joined ${file})
        endforeach()
    endforeach()
    set(${result} ${joined} PARENT_SCOPE)
endfunction()
