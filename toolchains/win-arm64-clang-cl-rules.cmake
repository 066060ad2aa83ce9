# The rest of each command line, where one program has many names.

foreach(language C CXX)
  foreach(name CMAKE_LINKER CMAKE_AR)
    if(winarm_rest_${name})
      winarm_text(winarm_rest winarm_rest_${name})
      set(winarm_command "<${name}>${winarm_rest}")
      foreach(rule ARCHIVE_CREATE CREATE_STATIC_LIBRARY CREATE_SHARED_MODULE
                   CREATE_SHARED_LIBRARY LINK_EXECUTABLE)
        if(DEFINED CMAKE_${language}_${rule})
          string(REPLACE "<${name}>" "${winarm_command}"
            CMAKE_${language}_${rule} "${CMAKE_${language}_${rule}}")
        endif()
      endforeach()
    endif()
  endforeach()
  # A module needs no import library, and nothing may lie beside it.
  if(DEFINED CMAKE_${language}_CREATE_SHARED_MODULE)
    string(REPLACE "/implib:<TARGET_IMPLIB>" "/implib:<OBJECT_DIR>/import.lib"
      CMAKE_${language}_CREATE_SHARED_MODULE "${CMAKE_${language}_CREATE_SHARED_MODULE}")
    string(REPLACE "/pdb:<TARGET_PDB>" "/pdb:<OBJECT_DIR>/module.pdb"
      CMAKE_${language}_CREATE_SHARED_MODULE "${CMAKE_${language}_CREATE_SHARED_MODULE}")
  endif()
endforeach()
